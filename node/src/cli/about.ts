import { CodedError } from '@triflow/protocol';
import { Command } from 'commander';
import { version } from '../version.js';
import { installedPrograms } from './dispatch.js';
import { type OutputOptions, print } from './output.js';

/** `triflow version`. */
export function versionCommand(): Command {
  return new Command('version')
    .description('which release this is')
    .option('--json', 'answer as JSON')
    .action((options: OutputOptions) => {
      print(options, { version, node: process.versions.node }, [version]);
    });
}

/** `triflow completion SHELL`: nouns, verbs, options. */
export function completionCommand(commands: readonly Command[]): Command {
  return new Command('completion')
    .description('completion for bash or zsh: source <(triflow completion bash)')
    .argument('[shell]', 'bash or zsh', 'bash')
    .action((shell: string) => {
      if (shell !== 'bash' && shell !== 'zsh') {
        throw new CodedError(
          'REQUEST_INVALID',
          `there is completion for bash and zsh, not ${shell}`,
        );
      }
      process.stdout.write(completionText(shell, commands, installedPrograms()));
    });
}

/** A script for the shell: words by the words before them, options where one is begun. */
export function completionText(
  shell: 'bash' | 'zsh',
  commands: readonly Command[],
  programs: readonly string[],
): string {
  const nouns = [...commands.map((one) => one.name()), 'completion', 'help', ...programs];
  const cases = commands.flatMap((command) => casesOf(command, command.name()));
  const load = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
  return `${load}_triflow() {
  local path="" word words="" current="\${COMP_WORDS[COMP_CWORD]}"
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$word" in -*) ;; *) path="\${path:+$path }$word" ;; esac
  done
  [ -z "$path" ] && words="${[...new Set(nouns)].join(' ')}"
  case "$path" in
${cases.join('\n')}
  esac
  if [ -z "$words" ]; then COMPREPLY=($(compgen -f -- "$current")); return; fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _triflow triflow
`;
}

/** A verb's own words are its options, whatever follows it; a noun's are its verbs. */
function casesOf(command: Command, path: string): string[] {
  const inner = command.commands.flatMap((one) => casesOf(one, `${path} ${one.name()}`));
  if (command.commands.length > 0) {
    return [
      ...inner,
      `    "${path}") words="${command.commands.map((one) => one.name()).join(' ')}" ;;`,
    ];
  }
  const flags = command.options.map(({ long }) => long).join(' ');
  return [`    "${path}"|"${path} "*) case "$current" in -*) words="${flags}" ;; esac ;;`];
}
