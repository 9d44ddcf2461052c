// The TypeScript SDK's client, for mcp_clients.py: makes the calls in its JSON argument, prints the answers.
import { pathToFileURL } from "node:url";

const { sdk, server, roots, calls } = JSON.parse(process.argv[2]);
const { Client } = await import(pathToFileURL(`${sdk}/index.js`));
const { StdioClientTransport } = await import(pathToFileURL(`${sdk}/stdio.js`));
const { ListRootsRequestSchema } = await import(pathToFileURL(`${sdk}/../types.js`));

const client = new Client({ name: "tester", version: "1" }, { capabilities: { roots: {} } });
client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: roots.map((uri) => ({ uri })) }));
const [command, ...args] = server;
await client.connect(new StdioClientTransport({ command, args, env: process.env }));
const { tools } = await client.listTools();
const documents = [];
for (const [name, given] of calls) {
  const answer = await client.callTool({ name, arguments: given });
  documents.push(answer.structuredContent);
}
await client.close();
console.log(JSON.stringify({ tools: tools.map((tool) => tool.name), documents }));
