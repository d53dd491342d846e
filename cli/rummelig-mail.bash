# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Completion of rummelig-mail for bash: the command itself says what may come.
_rummelig_mail()
{
    local cur=${COMP_WORDS[COMP_CWORD]} answer
    local -a words=("${COMP_WORDS[@]:1:COMP_CWORD}")

    COMPREPLY=()
    answer=$("${COMP_WORDS[0]}" complete "${words[@]}" 2>/dev/null) || return
    if [[ $answer == FILE ]]; then
        compopt -o filenames 2>/dev/null
        mapfile -t COMPREPLY < <(compgen -f -- "$cur")
    elif [[ -n $answer ]]; then
        mapfile -t COMPREPLY <<<"$answer"
    fi
}
complete -F _rummelig_mail rummelig-mail
