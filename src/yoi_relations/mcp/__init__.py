"""``relations mcp``: a server of the Model Context Protocol.

server: the tools and resources, offered through the protocol's SDK.
tools: names, descriptions and JSON schemas of the tools.
answers: what the tools answer: the documents of the command line.
arguments: reads the arguments of a tool call.
call_context: what a call is about, and opens it.
roots: finds the folder of the workspace from the roots of the client.
transport: carries messages between the process's streams and the SDK.
process_streams: standard input, output and error of the process.
message_reader: reads messages from lines of input.
message_writer: writes messages as lines of output.
pending_requests: the requests that are not answered yet.
truncation: limits the length of error messages.
"""
