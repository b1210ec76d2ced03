# Completes the words behind run and playssh: source <(run completion bash)
_playssh() {
  local words=() word typed line files split quote last=-1 IFS=$'\n'
  # Bash cuts words at = and :, which are a part of them here.
  for word in "${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ $last -ge 0 && ($word == [=:]* || ${words[last]} == *[=:]) ]]; then
      words[last]+=$word
    else
      words[++last]=$word
    fi
  done
  typed=${words[last]}
  quote=
  if [[ $typed == [\'\"]* ]]; then
    quote=${typed:0:1}
    typed=${typed:1}
    words[last]=$typed
  fi
  split=
  if [[ $typed == *[=:]* ]]; then split=${typed%"${typed##*[=:]}"}; fi
  COMPREPLY=()
  {
    read -r files || return
    while IFS= read -r line; do
      line=${line%%$'\t'*}
      line=${line#"$split"}
      if [[ -z $quote && $line == *[[:space:]\'\"\$\&\;\(\)\<\>\|\`\\*?#]* ]]; then printf -v line %q "$line"; fi
      COMPREPLY+=("$line")
    done
  } < <("${COMP_WORDS[0]/#\~/$HOME}" __complete -- "${words[@]}" 2>/dev/null)
  case $files in
    files | folders | playbooks) ;;
    *) return ;;
  esac
  compopt -o filenames 2>/dev/null
  if [[ $typed == --*=* ]]; then typed=${typed#*=}; fi
  while IFS= read -r line; do
    if [[ -d ${line/#\~/$HOME} || $files == files || $files == playbooks && $line == *.y*ml ]]; then
      COMPREPLY+=("$line")
    fi
  done < <(compgen -f -- "$typed")
}
complete -F _playssh run playssh
