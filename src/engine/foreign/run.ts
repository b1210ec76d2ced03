import { dumpJson } from '../../python/json/dump.ts'
import type { JobStep } from '../../remote/jobs.ts'
import type { HostFolder } from '../../remote/resident-shell.ts'
import type { Session } from '../../remote/session.ts'
import type { Args, Outcome as Ended, ModuleContext, Program } from '../../sdk/module.ts'
import { type Content, contentOf } from '../../shell/content.ts'
import { quote, quotePath } from '../../shell/quote.ts'
import type { TemplateContext } from '../../template/context.ts'
import { readFileSync } from '../../values/controller-files.ts'
import type { ValueMap } from '../../values/value.ts'
import { failedResult, type Outcome, skippedResult } from '../results.ts'
import { bundleOf } from './bundle.ts'
import { programResult } from './result.ts'

export interface ProgramRun {
  readonly name: string
  readonly program: Program
  readonly args: Args
  readonly view: ModuleContext
  readonly environment: Readonly<Record<string, string>> | undefined
  /** What `ansible_python_interpreter` says; undefined for the first that is found. */
  readonly interpreter: string | undefined
}

/** The Python that a host's variables name; undefined for the first that is found. */
export function interpreterIn({ variables }: TemplateContext): string | undefined {
  const said = variables.get('ansible_python_interpreter')
  return said === undefined || /^auto/.test(String(said)) ? undefined : String(said)
}

/** Runs a module on a host as it is. What it needs goes there once a session. Raises Unreachable and BecomeError. */
export async function runProgram(run: ProgramRun, session: Session): Promise<Outcome> {
  const { name, environment } = run
  let steps: Steps
  try {
    const known = stepsOf(run)
    if (known === undefined) return skippedResult('the module is in the old style, which knows no check mode')
    steps = known
  } catch (error) {
    return failedResult(`${name} cannot be sent: ${(error as Error).message}`)
  }
  const folder = await session.folder()
  const put = await sent(steps.sends, folder, session)
  if (put !== undefined)
    return failedResult(`${name} was not sent: ${put.stderr.trim() || `exit status ${put.code}`}`)
  const path = quote(`${folder.path}/${nameOf(steps.sends)}`)
  return endOf(name, await session.exec(steps.script(path), { stdin: steps.stdin, environment }))
}

function endOf(name: string, ended: Ended): Outcome {
  if (ended.code === NO_PYTHON && ended.stdout === '')
    return failedResult(ended.stderr.trim(), { rc: ended.code })
  return programResult(name, ended)
}

/**
 * The same as steps of a job, which needs its own copy of the module: `path` is where, below a folder of the job's.
 * Throws an Error with a sentence.
 */
export function jobSteps(run: ProgramRun, path: string): JobStep[] {
  const steps = stepsOf(run)
  if (steps === undefined) throw new Error('the module is in the old style, which knows no check mode')
  const at = quotePath(path)
  const put = `umask 077\ncat >${at} && chmod 700 ${at}`
  const script = `(\n${steps.script(at)}\n)\ncode=$?\nrm -f ${at}\nexit $code`
  return [
    { script: put, input: steps.sends },
    { script, input: steps.stdin, isOwn: true },
  ]
}

/** What has become of those steps. */
export function jobEnd(name: string, [put, ran]: readonly Ended[]): Outcome {
  if (ran !== undefined) return endOf(name, ran)
  return failedResult(`${name} was not sent: ${put?.stderr.trim() || `exit status ${put?.code}`}`)
}

/** What is put on the host, what is run there, and what that reads from its stdin. */
interface Steps {
  readonly sends: Content
  /** `path` is a word of sh: where it was put. */
  script(path: string): string
  readonly stdin: string
}

const NO_PYTHON = 127

/** Undefined for what would not know that it is only to check. */
function stepsOf(run: ProgramRun): Steps | undefined {
  const { program, interpreter } = run
  const bytes = readFileSync(program.path)
  const text = bytes.toString('latin1')
  const json = dumpJson(argumentsOf(run))
  if (isAnsiblesPython(text)) {
    const sends = bundleOf(program)
    const script = (path: string) =>
      `${findPython(interpreter)}\nexec "$p" -c ${quote(BOOTSTRAP)} ${path} ${quote(program.dotted)}`
    return { sends, script, stdin: dumpJson({ ANSIBLE_MODULE_ARGS: argumentsOf(run) }) }
  }
  const isPairs =
    !text.includes(JSON_ARGS) && !text.includes('WANT_JSON') && !bytes.subarray(0, 4096).includes(0)
  if (isPairs && run.view.check) return undefined
  const sends = contentOf(
    text.includes(JSON_ARGS)
      ? Buffer.from(
          text.replaceAll(JSON_ARGS, () => json),
          'latin1',
        )
      : bytes,
  )
  return {
    sends,
    script: (path) => runFile(path, text, interpreter),
    stdin: isPairs ? pairsOf(run.args) : json,
  }
}

/** It uses what is in Ansible for modules in Python, so it takes its arguments in Ansible's way. */
function isAnsiblesPython(text: string): boolean {
  return /^\s*(from|import)\s+(ansible\.module_utils|ansible_collections\.|\.+module_utils)/m.test(text)
}

/** What stands in a module of any language for its arguments. */
const JSON_ARGS = '<<INCLUDE_ANSIBLE_MODULE_JSON_ARGS>>'

function nameOf({ sha256 }: Content): string {
  return sha256.slice(0, 32)
}

async function sent(content: Content, folder: HostFolder, session: Session): Promise<Ended | undefined> {
  const name = nameOf(content)
  if (folder.holds.has(name)) return undefined
  const [path, beside] = [`${folder.path}/${name}`, `${folder.path}/${name}.$$`]
  const put = await session.send(
    `umask 077\nf="${beside}"\ncat >"$f" && [ "$(wc -c <"$f")" -eq ${content.size} ] && chmod 700 "$f" && mv -f "$f" ${quote(path)}`,
    content,
  )
  if (put.code !== 0) return put
  folder.holds.add(name)
  return undefined
}

/** The arguments with what Ansible tells modules besides. */
function argumentsOf({ name, args, view }: ProgramRun): ValueMap {
  return {
    ...(args as ValueMap),
    _ansible_check_mode: view.check,
    _ansible_diff: view.diff,
    _ansible_no_log: false,
    _ansible_debug: false,
    _ansible_verbosity: view.verbosity ?? 0,
    _ansible_version: '2.14.0',
    _ansible_module_name: name,
    _ansible_syslog_facility: 'LOG_USER',
    _ansible_selinux_special_fs: ['fuse', 'nfs', 'vboxsf', 'ramfs', '9p', 'vfat'],
    _ansible_string_conversion_action: 'warn',
    _ansible_socket: null,
    _ansible_shell_executable: '/bin/sh',
    _ansible_keep_remote_files: false,
    _ansible_tmpdir: null,
    _ansible_remote_tmp: '/tmp',
  }
}

/** As modules in the old style read their arguments. */
function pairsOf(args: Args): string {
  return Object.entries(args as ValueMap)
    .map(([key, value]) => `${key}=${quote(typeof value === 'string' ? value : dumpJson(value))}`)
    .join(' ')
}

function findPython(interpreter: string | undefined): string {
  const said = `there is no ${interpreter ?? 'Python'} on this host, and the module is written in it; install python3, or say where it is with ansible_python_interpreter`
  const candidates = interpreter === undefined ? PYTHONS.join(' ') : quote(interpreter)
  return `for p in ${candidates}; do p=$(command -v "$p") && break; done
[ "$p" ] || { echo ${quote(said)} >&2; exit ${NO_PYTHON}; }`
}

const PYTHONS = ['/usr/bin/python3', 'python3', '/usr/libexec/platform-python', 'python', 'python2']

/** A program in any language at a path, a word of sh, which is given the name of a file with its arguments. */
function runFile(path: string, text: string, interpreter: string | undefined): string {
  const isPython = /^#!.*python/.test(text)
  const run = isPython
    ? `${findPython(interpreter)}\n"$p" ${path} "$a"`
    : text.startsWith('#!') || text.startsWith('\x7fELF')
      ? `${path} "$a"`
      : `/bin/sh ${path} "$a"`
  return `umask 077\na=${path}.$$.args\ntrap 'rm -f "$a"' EXIT\ncat >"$a" || exit\n${run}`
}

// The zip file stands where Python looks first; what is read from stdin no list of processes shows.
const BOOTSTRAP = `import sys, runpy
path, name = sys.argv[1:3]
sys.argv = [name]
sys.path[0] = path
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = getattr(sys.stdin, "buffer", sys.stdin).read()
basic._ANSIBLE_PROFILE = "legacy"
runpy.run_module(name, run_name="__main__", alter_sys=True)`
