import { type ArgsOf, options } from '../../../sdk/options.ts'
import { splitWords } from '../../../values/words.ts'
import { isPlain, requirementsOf } from './requirements.ts'

export const pipOptions = options({
  name: {
    type: 'strings',
    help: 'Packages, with or without a version ("a", "a>=1,<2"), paths, or addresses (git+https://...).',
  },
  version: { type: 'str', help: 'The version of the only package that is named.' },
  requirements: { type: 'str', help: 'A file on the host that says what is required, in place of names.' },
  virtualenv: {
    type: 'path',
    help: 'A virtual environment that they are installed in; it is made if it is not there.',
  },
  virtualenv_site_packages: {
    type: 'bool',
    default: false,
    help: 'Whether a new environment has the packages of the system too.',
  },
  virtualenv_command: {
    type: 'path',
    default: 'virtualenv',
    help: 'The command that makes an environment, such as "python3 -m venv".',
  },
  virtualenv_python: { type: 'str', help: 'The Python of a new environment.' },
  state: {
    type: 'str',
    choices: ['absent', 'forcereinstall', 'latest', 'present'],
    default: 'present',
    help: 'Whether they are installed; forcereinstall installs them anew each time.',
  },
  extra_args: { type: 'str', help: 'More arguments for pip, as on its command line.' },
  editable: { type: 'bool', default: false, help: 'Whether a package is used from where its source is.' },
  chdir: { type: 'path', help: 'The folder that pip works in, where relative paths start.' },
  executable: { type: 'path', help: 'The program pip; that of the system if not given.' },
  umask: { type: 'str', help: 'The umask while pip works, an octal number.' },
})

export type PipArgs = ArgsOf<typeof pipOptions>

export function problems(args: Partial<PipArgs>, complete: boolean): string[] {
  const { name, version, requirements, virtualenv_command = '', virtualenv_python, state, umask } = args
  const found: string[] = []
  const both = (one: keyof PipArgs, other: keyof PipArgs) => {
    if (args[one] !== undefined && args[other] !== undefined)
      found.push(`parameters are mutually exclusive: ${one}|${other}`)
  }
  both('name', 'requirements')
  both('executable', 'virtualenv')
  if (complete && name === undefined && requirements === undefined)
    found.push('one of the following is required: name, requirements')
  for (const one of requirementsOf(name ?? []))
    if (/^-|\p{Cc}/u.test(one)) found.push(`name: ${JSON.stringify(one)} is not a package`)
  if (state === 'latest' && version !== undefined) found.push('version is incompatible with state=latest')
  if (version !== undefined && name !== undefined) found.push(...versionProblems(requirementsOf(name)))
  if (version !== undefined && !/^\s*[0-9A-Za-z<>=!~][^\n;]*$/.test(version))
    found.push(`version: ${JSON.stringify(version)} is not a version`)
  if (umask !== undefined && !/^(0o)?[0-7]{1,4}$/.test(umask)) found.push('umask must be an octal integer')
  if (/pyvenv|-m venv/.test(virtualenv_command) && virtualenv_python !== undefined)
    found.push(
      'virtualenv_python should not be used when using the venv module or pyvenv as virtualenv_command',
    )
  for (const option of ['extra_args', 'virtualenv_command'] as const) {
    try {
      splitWords(args[option] ?? '')
    } catch (error) {
      found.push(`${option}: ${(error as Error).message}`)
    }
  }
  return found
}

function versionProblems(requirements: readonly string[]): string[] {
  if (requirements.length > 1)
    return [
      "'version' argument is ambiguous when installing multiple package distributions. Please specify version restrictions next to each package in 'name' argument.",
    ]
  const [only = ''] = requirements
  if (!isPlain(only) || !/[<>=!~]/.test(only)) return []
  return [
    "The 'version' argument conflicts with any version specifier provided along with a package name. Please keep the version specifier, but remove the 'version' argument.",
  ]
}
