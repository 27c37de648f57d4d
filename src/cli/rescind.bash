# Completion of rescind for bash: commands, options, their words, files, and the providers that
# `rescind providers` lists. Installed as share/bash-completion/completions/rescind.

_rescind_providers() {
    "${COMP_WORDS[0]}" providers 2>/dev/null | while read -r name _; do
        printf '%s%s\n' "$name" "$1"
    done | sort -u
}

# Completes the word $1 as the value of option $2; fails where $2 takes none.
_rescind_value() {
    local cur=$1
    case $2 in
        --format)
            local formats='csv jsonl json'
            [[ " ${COMP_WORDS[*]} " != *' match '* ]] || formats+=' text trufflehog gitleaks sarif github gitguardian ggshield detect-secrets'
            mapfile -t COMPREPLY < <(compgen -W "$formats" -- "$cur")
            ;;
        --action) mapfile -t COMPREPLY < <(compgen -W 'delete disable enable' -- "$cur") ;;
        --progress) mapfile -t COMPREPLY < <(compgen -W 'auto always never json' -- "$cur") ;;
        --provider) mapfile -t COMPREPLY < <(compgen -W "$(_rescind_providers '')" -- "$cur") ;;
        --base-url)
            mapfile -t COMPREPLY < <(compgen -W "$(_rescind_providers '=')" -- "$cur")
            compopt -o nospace
            ;;
        --unused) mapfile -t COMPREPLY < <(compgen -W 'day week month' -- "$cur") ;;
        --kind)
            mapfile -t COMPREPLY < <(compgen -W "$("${COMP_WORDS[0]}" providers 2>/dev/null |
                while read -r _ kind _; do echo "$kind"; done | sort -u)" -- "$cur")
            ;;
        --job | --secrets-file | --protect | --ca-file | --metrics-file | --not-in | --output | --against)
            mapfile -t COMPREPLY < <(compgen -f -- "$cur")
            compopt -o filenames
            ;;
        --run-dir)
            mapfile -t COMPREPLY < <(compgen -d -- "$cur")
            compopt -o filenames
            ;;
        --deliver | --expect | --max | --max-age | --canary | --halt | --shard | --concurrency | --max-rate | \
            --max-attempts | --timeout | --connect-timeout | --deadline | --verify-delay | --verify-patience | --created-before | \
            --updated-before | --last-used-before | --creator | --owner | --min-window | --name | --label | --workspace | --spend-below | \
            --type) ;;
        *) return 1 ;;
    esac
}

_rescind() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
    local command='' options='' word
    COMPREPLY=()

    # bash splits --max=3 into three words
    if [[ $cur == '=' ]]; then
        cur=''
    elif [[ $prev == '=' ]]; then
        prev=${COMP_WORDS[COMP_CWORD - 2]}
    fi

    ! _rescind_value "$cur" "$prev" || return 0

    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        case $word in
            plan | run | verify | rotate | report | check | list | match | providers | help)
                command=$word
                break
                ;;
        esac
    done
    case $command in
        plan) options='--provider= --format= --column= --job= --run-dir= --shard= --allow-empty --skip-bad-rows --action= --yes --expect= --max= --max-age= --protect= --canary= --halt= --stay-stopped --expect-absent --verify --verify-delay= --verify-patience= --no-preflight --concurrency= --max-rate= --max-attempts= --timeout= --connect-timeout= --deadline= --base-url= --ca-file= --progress= --metrics-file= --help --version' ;;
        run) options='--provider= --format= --column= --job= --run-dir= --shard= --allow-empty --skip-bad-rows --action= --yes --expect= --max= --max-age= --protect= --canary= --halt= --stay-stopped --expect-absent --verify --verify-delay= --verify-patience= --no-preflight --concurrency= --max-rate= --max-attempts= --timeout= --connect-timeout= --deadline= --base-url= --ca-file= --progress= --metrics-file= --help --version' ;;
        verify) options='--job= --run-dir= --verify-delay= --verify-patience= --again --no-preflight --concurrency= --max-rate= --max-attempts= --timeout= --connect-timeout= --deadline= --base-url= --ca-file= --progress= --metrics-file= --help --version' ;;
        rotate) options='--provider= --format= --column= --job= --run-dir= --shard= --allow-empty --skip-bad-rows --secrets-file= --deliver= --yes --expect= --max= --protect= --canary= --halt= --expect-absent --verify-patience= --no-preflight --concurrency= --max-rate= --max-attempts= --timeout= --connect-timeout= --deadline= --base-url= --ca-file= --progress= --metrics-file= --help --version' ;;
        report) options='--job= --run-dir= --salvage --help --version' ;;
        check) options='--job= --help --version' ;;
        list) options='--kind= --output= --format= --job= --created-before= --updated-before= --last-used-before= --creator= --owner= --not-in= --unused= --min-window= --expired --disabled --name= --label= --workspace= --spend-below= --type= --all --no-preflight --concurrency= --max-rate= --max-attempts= --timeout= --connect-timeout= --deadline= --base-url= --ca-file= --progress= --help --version' ;;
        probe) options='--job= --absent-delete --max-rate= --timeout= --connect-timeout= --deadline= --base-url= --ca-file= --help --version' ;;
        match) options='--provider= --against= --output= --format= --partial --job= --help --version' ;;
        providers) options='--job= --help --version' ;;
        help) ;;
        *)
            mapfile -t COMPREPLY < <(compgen -W 'plan run verify rotate report check list probe match providers help --help --version' -- "$cur")
            return 0
            ;;
    esac

    if [[ $cur == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
        [[ ${COMPREPLY[0]:-} != *= ]] || compopt -o nospace
        return 0
    fi
    case $command in
        plan | run | verify | rotate | match) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
        report | check) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
        list | probe | providers) mapfile -t COMPREPLY < <(compgen -W "$(_rescind_providers '')" -- "$cur") ;;
        help) mapfile -t COMPREPLY < <(compgen -W 'plan run verify rotate report check list probe match providers' -- "$cur") ;;
    esac
    [[ $command == list || $command == probe || $command == providers || $command == help ]] || compopt -o filenames
}

complete -F _rescind rescind
