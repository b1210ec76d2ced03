import { type ArgsOf, options } from '../../../sdk/options.ts'
import { controlProblem, oneControl } from './rules.ts'

const TYPES = ['account', '-account', 'auth', '-auth', 'password', '-password', 'session', '-session']

export const pamdOptions = options({
  name: { type: 'str', required: true, help: 'The service, such as "common-auth": the name of its file.' },
  type: { type: 'str', required: true, choices: TYPES, help: 'The type of the rule.' },
  control: {
    type: 'str',
    required: true,
    help: 'The control of the rule, such as "required" or "[success=1 default=ignore]".',
  },
  module_path: { type: 'str', required: true, help: 'The module of the rule, such as "pam_unix.so".' },
  new_type: {
    type: 'str',
    choices: TYPES,
    help: 'The type that the rule is given, or that of the new rule.',
  },
  new_control: { type: 'str', help: 'The control that the rule is given, or that of the new rule.' },
  new_module_path: { type: 'str', help: 'The module that the rule is given, or that of the new rule.' },
  module_arguments: {
    type: 'strings',
    help: 'Arguments of the module; "" is none. What is in brackets is one argument.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'before', 'after', 'args_absent', 'args_present', 'updated'],
    default: 'updated',
    help: 'What is done about the rules of this type, control and module: "updated" gives them what is new, "before" and "after" put a new rule there.',
  },
  path: { type: 'path', default: '/etc/pam.d', help: 'The folder of the services.' },
  backup: { type: 'bool', default: false, help: 'Keep a copy of the file as it was.' },
})

export type Args = ArgsOf<typeof pamdOptions>

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { name, state, module_arguments: given } = args
  const found: string[] = []
  if (name !== undefined && (/[/\0\n]/.test(name) || ['', '.', '..'].includes(name)))
    found.push(`name: ${JSON.stringify(name)} is not a name of a service`)
  for (const key of ['control', 'new_control'] as const) {
    const control = args[key]
    const wrong = control === undefined ? undefined : wrongControl(control)
    if (wrong !== undefined) found.push(`${key}: ${wrong}`)
  }
  for (const key of ['module_path', 'new_module_path'] as const)
    if (args[key] !== undefined && !/^[^\s#[\]\\]+$/.test(args[key]))
      found.push(`${key}: ${JSON.stringify(args[key])} is not a path of a module`)
  for (const text of given ?? [])
    if (/\0|(?:^|\s)#|\\(?:\s|$)/.test(text))
      found.push(`module_arguments: ${JSON.stringify(text)} would not end where it ends`)
  if (state === 'args_present' && given?.some((text) => text.includes('[')))
    found.push("Unable to process bracketed '[' complex arguments with 'args_present'. Please use 'updated'.")
  if (complete && state?.startsWith('args_') && given === undefined)
    found.push(`state is ${state} but all of the following are missing: module_arguments`)
  return state === 'before' || state === 'after' ? [...found, ...insertProblems(args, complete)] : found
}

function insertProblems(args: Partial<Args>, complete: boolean): string[] {
  const needed = ['new_control', 'new_type', 'new_module_path'] as const
  const missing = needed.filter((key) => args[key] === undefined)
  if (missing.length > 0)
    return complete
      ? [`state is ${args.state} but all of the following are missing: ${missing.join(', ')}`]
      : []
  const { type, control = '', module_path, new_type, new_control = '', new_module_path } = args
  const isItself =
    new_type === type && oneControl(new_control) === oneControl(control) && new_module_path === module_path
  return isItself ? [`a rule cannot stand ${args.state} itself; name another rule, or state "updated"`] : []
}

function wrongControl(control: string): string | undefined {
  const one = oneControl(control)
  if (/[\n#\\]/.test(one) || /.\[|\].|^\[[^\]]*$/.test(one)) return `${JSON.stringify(control)} is no control`
  return controlProblem(one)
}
