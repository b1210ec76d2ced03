#compdef run playssh
# Completes the words behind run and playssh: source <(run completion zsh)
_playssh() {
  local -a lines candidates
  local line text
  lines=("${(@f)$("${(Q)words[1]/#\~/$HOME}" __complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  for line in "${(@)lines[2,-1]}"; do
    text=${${line%%$'\t'*}//:/\\:}
    [[ $line == *$'\t'* ]] && text+=:${line#*$'\t'}
    candidates+=("$text")
  done
  (( $#candidates )) && _describe 'playssh' candidates
  case $lines[1] in
    files) compset -P '--*='; _files ;;
    folders) compset -P '--*='; _files -/ ;;
    playbooks)
      # _files would show all files where none of these is.
      _path_files -g '*.(yml|yaml)(-.)'
      _path_files -/
      ;;
  esac
}
if [[ $funcstack[1] == _playssh || $funcstack[1] == _run ]]; then
  _playssh "$@"
else
  compdef _playssh run playssh
fi
