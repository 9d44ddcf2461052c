# fish: completes commands, options, kinds, tickets and records of `relations`.
function __relations_complete
    set -l words (commandline -opc) (commandline -ct)
    # The program on PATH, not the word as typed: that could be a program of this folder.
    command relations completion run -- $words[2..-1] 2>/dev/null
end
complete -c relations -f -a '(__relations_complete)'
complete -c relations -s C -x -a '(__fish_complete_directories)'
