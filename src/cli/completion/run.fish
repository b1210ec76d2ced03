# Completes the words behind run and playssh: run completion fish | source
function __playssh_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l program $words[1]
    set -e words[1]
    set -l lines (command $program __complete -- $words $typed 2>/dev/null)
    set -l files $lines[1]
    set -e lines[1]
    test (count $lines) -gt 0; and printf '%s\n' $lines
    set -l before (string match -r -- '^--[^=]*=' $typed)
    set -l path (string replace -r -- '^--[^=]*=' '' $typed)
    switch "$files"
        case files folders playbooks
            for file in (complete -C "__playssh_none $path")
                set -l name (string split -f 1 \t -- $file)
                if string match -q -- '*/' $name; or test "$files" = files
                    echo "$before$name"
                else if test "$files" = playbooks; and string match -qr -- '\.ya?ml$' $name
                    echo "$before$name"
                end
            end
    end
end
complete -c run -f -a '(__playssh_complete)'
complete -c playssh -f -a '(__playssh_complete)'
