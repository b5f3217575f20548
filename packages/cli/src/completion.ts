/** Completion in shells: their scripts ask this command line itself, so that they never fall behind it. */
import { type Command, command, onlyArgument } from "./command.ts";
import { completionsOf } from "./complete-words.ts";
import type { CommandLine } from "./main.ts";
import { EXIT } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** What is not known is completed as a file's name. */
const SCRIPTS: Readonly<Record<string, string>> = {
  bash: `_homing() {
  local IFS=$'\\n'
  COMPREPLY=($(homing completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _homing homing`,
  zsh: `#compdef homing
_homing() {
  local -a found
  found=("\${(@f)$(homing completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "$found" ]]; then compadd -a found; else _files; fi
}
compdef _homing homing`,
  fish: `function __homing_complete
  set -l words (commandline -opc) (commandline -ct)
  homing completion words -- $words[2..-1] 2>/dev/null
end
complete -c homing -a '(__homing_complete)'`,
};
const SHELLS = Object.keys(SCRIPTS);

/** `line` is what is completed; it holds this command itself. */
export function completionOf(line: () => CommandLine): Command {
  return command({
    summary: "Print a script that completes commands in a shell",
    usage: `homing completion ${SHELLS.join("|")}`,
    options: {},
    explanations: [
      "bash: source <(homing completion bash)     in ~/.bashrc",
      "zsh:  source <(homing completion zsh)      in ~/.zshrc, after compinit",
      "fish: homing completion fish | source      in ~/.config/fish/config.fish",
    ],
    run: async ({ positionals, show }) => {
      const [first, ...words] = positionals;
      if (first === "words") {
        for (const one of completionsOf(line(), words)) show(one, (word) => [word]);
        return EXIT.done;
      }
      const shell = onlyArgument(positionals, "Shell");
      const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
      if (script === undefined) throw new UsageError(`"${shell}" is none of ${SHELLS.join(", ")}.`);
      show(script, (text) => text.split("\n"));
      return EXIT.done;
    },
  });
}
