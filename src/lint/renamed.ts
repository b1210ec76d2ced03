/** Names of rules of Ansible-lint's past, which comments and configurations still have. */
const RENAMED: Readonly<Record<string, string>> = {
  102: 'no-jinja-when',
  104: 'deprecated-bare-vars',
  105: 'deprecated-module',
  106: 'role-name',
  202: 'risky-octal',
  203: 'no-tabs',
  205: 'playbook-extension',
  206: 'jinja[spacing]',
  207: 'jinja[invalid]',
  208: 'risky-file-permissions',
  301: 'no-changed-when',
  302: 'deprecated-command-syntax',
  303: 'command-instead-of-module',
  304: 'inline-env-var',
  305: 'command-instead-of-shell',
  306: 'risky-shell-pipe',
  401: 'latest[git]',
  402: 'latest[hg]',
  403: 'package-latest',
  404: 'no-relative-paths',
  501: 'partial-become',
  502: 'name[missing]',
  503: 'no-handler',
  504: 'deprecated-local-action',
  601: 'literal-compare',
  602: 'empty-string-compare',
  911: 'syntax-check',
  'var-spacing': 'jinja[spacing]',
  'unnamed-task': 'name[missing]',
  'git-latest': 'latest[git]',
  'hg-latest': 'latest[hg]',
  'no-jinja-nesting': 'jinja[invalid]',
  'no-loop-var-prefix': 'loop-var-prefix',
  'fqcn-builtins': 'fqcn[action-core]',
}

/** The present name of a rule. */
export function renamed(name: string): string {
  return Object.hasOwn(RENAMED, name) ? RENAMED[name]! : name
}
