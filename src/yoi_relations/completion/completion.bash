# bash: completes commands, options, kinds, tickets and records of `relations`.
_relations() {
    local line=${COMP_LINE:0:COMP_POINT} values=() helps=() width=0 is_part= value text i
    # bash replaces the text after its last word break, such as = or :
    local word=${line##*[[:space:]]}
    local kept=${word%"$2"}
    COMPREPLY=()
    # The program on PATH, not the word as typed: that could be a program of this folder.
    while IFS=$'\t' read -r value text; do
        value=${value#"$kept"}
        [[ $value == "$2"* ]] || is_part=1
        printf -v value %q "$value"
        values[${#values[@]}]=$value
        helps[${#helps[@]}]=$text
        ((${#value} > width)) && width=${#value}
    done < <(command relations completion run --line="$line" 2>/dev/null)
    ((${#values[@]})) || return 0
    for i in "${!values[@]}"; do
        COMPREPLY[i]=${values[i]}
        # Help only when bash lists: otherwise it could end up on the command line.
        if ((${#values[@]} > 1)) && [[ ${COMP_TYPE-} =~ ^(33|63|64)$ && -n ${helps[i]} ]]; then
            printf -v value "%-${width}s  %s" "${values[i]}" "${helps[i]}"
            COMPREPLY[i]=${value:0:${COLUMNS:-80}-3}
        fi
    done
    # The common prefix of partial matches must not replace what was typed.
    if [[ $is_part ]] && ((${#values[@]} > 1)); then
        COMPREPLY[${#values[@]}]=' '
    fi
}
complete -o default -F _relations relations
