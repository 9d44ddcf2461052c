#compdef relations
# zsh: completes commands, options, kinds, tickets and records of `relations`.
_relations() {
    local typed=${(Q)PREFIX} tab=$'\t' line value is_part
    local -a items part
    # The program on PATH, not the word as typed: that could be a program of this folder.
    for line in "${(@f)$(command relations completion run -- "${(@Q)words[2,CURRENT-1]}" "$typed" 2>/dev/null)}"; do
        value=${line%%$tab*}
        [[ -n $value ]] || continue
        [[ $value == "$typed"* ]] || is_part=1
        items+=("${${value//\\/\\\\}//:/\\:}:${line#*$tab}")
    done
    if ((! $#items)); then
        _files
        return
    fi
    # The common prefix of partial matches must not replace what was typed.
    if [[ -n $is_part ]]; then
        part=(-U)
        ((1 < $#items)) && compstate[insert]=menu
    fi
    _describe -t relations relations items $part
}
if [[ ${funcstack[1]} == _relations ]]; then
    _relations "$@"
else
    compdef _relations relations
fi
