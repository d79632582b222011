import { Command } from 'commander';
import { version } from '../version.js';
import { print } from './output.js';
import { type Flags, findSettings } from './settings.js';

type Options = Flags & { readonly json?: boolean; readonly origin?: boolean };

/** `triflow version`. */
export function versionCommand(): Command {
  return new Command('version')
    .description('which release this is')
    .option('--json', 'answer as JSON')
    .action((options: Options) => {
      print(options, { version, node: process.versions.node }, [version]);
    });
}

/** `triflow config show --origin`: each setting and where it came from. */
export function configCommand(): Command {
  const config = new Command('config').description('settings of the command line');
  config
    .command('show')
    .description('each setting')
    .option('--origin', 'and where it came from')
    .option('--profile <name>', 'a profile of triflow.toml')
    .option('--json', 'answer as JSON')
    .action((options: Options) => {
      const settings = findSettings(options);
      const lines = Object.entries(settings).map(([name, { value, origin }]) => {
        return `${name}  ${value ?? '-'}${options.origin === true ? `  (${origin})` : ''}`;
      });
      print(options, settings, lines);
    });
  return config;
}

/** `triflow completion SHELL`: words of the first two places. */
export function completionCommand(commands: readonly Command[]): Command {
  return new Command('completion')
    .description('completion for bash or zsh: source <(triflow completion bash)')
    .argument('[shell]', 'bash or zsh', 'bash')
    .action((shell: string) => {
      const cases = commands.map((command) => {
        const verbs = command.commands.map((one) => one.name()).join(' ');
        return `    ${command.name()}) words="${verbs}" ;;`;
      });
      const nouns = commands.map((command) => command.name()).join(' ');
      const load = shell === 'zsh' ? 'autoload -U +X bashcompinit && bashcompinit\n' : '';
      process.stdout.write(`${load}_triflow() {
  local words="${nouns} devnet"
  if [ "$COMP_CWORD" -gt 1 ]; then
    case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
      *) words="" ;;
    esac
  fi
  [ "$COMP_CWORD" -gt 2 ] && words=""
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[$COMP_CWORD]}"))
}
complete -F _triflow triflow
`);
    });
}
