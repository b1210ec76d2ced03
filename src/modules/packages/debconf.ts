import { failureOf } from '../../host/edit.ts'
import { type Change, defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, together } from '../../sdk/plans.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { contentOf } from '../../shell/content.ts'
import type { Output } from '../../shell/output.ts'
import { quote, words } from '../../shell/quote.ts'
import type { ValueMap } from '../../values/value.ts'

const declared = options({
  name: { type: 'str', required: true, aliases: ['pkg'], help: 'The package that asks.' },
  question: {
    type: 'str',
    aliases: ['selection', 'setting'],
    help: 'What it asks; without it the answers that there are are returned.',
  },
  vtype: {
    type: 'str',
    // biome-ignore format: a list of ten words
    choices: ['boolean', 'error', 'multiselect', 'note', 'password', 'seen', 'select', 'string', 'text', 'title'],
    help: 'Of which type the value is; seen sets the mark that the question was asked, to true or false.',
  },
  value: { type: 'str', aliases: ['answer'], help: 'The answer.' },
  unseen: {
    type: 'bool',
    default: false,
    help: 'Whether a question that is answered here may still be asked.',
  },
})

type Args = ArgsOf<typeof declared>

interface Answer {
  readonly type: string
  readonly isSeen: boolean
  /** Of a password only if the task is about that. */
  readonly value: string
}

/** By question, in the order of debconf's file. */
type State = ReadonlyMap<string, Answer>

const OMITTED = '(password omitted)'

/** Answers what packages ask when they are installed. Semantics: ansible.builtin.debconf. */
export const debconf = defineModule<typeof declared, State>({
  name: 'debconf',
  summary: 'Answers the questions that packages of Debian and its kin ask, or returns the answers.',
  options: declared,
  validate: problems,
  probe: (args) => [answersOf(args)],
  parse: (output, args) => output.of(answersOf(args))[0]!,
  plan,
  interpret: (outcomes) => failureOf(outcomes) ?? { result: { msg: outcomes[0]?.stdout ?? '' } },
})

function problems({ name, question, vtype, value }: Partial<Args>, complete: boolean): string[] {
  const found: string[] = []
  // A line of debconf-set-selections: words, the last of which is the rest of it; one that begins with # is none.
  if (name !== undefined && !/^[^\s#,-][^\s,]*$/.test(name))
    found.push(`name: ${JSON.stringify(name)} is not a name of a package`)
  if (question !== undefined && !/^\S+$/.test(question))
    found.push(
      `question: ${JSON.stringify(question)} is not a name of a question, which holds no white space`,
    )
  if (value !== undefined && /[\r\n]./s.test(value))
    found.push('value holds a line break, and an answer is one line')
  if (vtype === 'seen' && value !== undefined && !/^(true|false)$/i.test(value))
    found.push(`value: ${JSON.stringify(value)} is neither true nor false, and seen is one of these`)
  const given = [question, vtype, value].filter((one) => one !== undefined).length
  if (complete && given !== 0 && given !== 3)
    found.push('parameters are required together: question, vtype, value')
  return found
}

/** A password is asked for only by who is about to set it. */
function answersOf({ name, question, vtype }: Args): BatchedProbe<State> {
  return {
    kind: 'debconf',
    items: [vtype === 'password' ? `${name} ${question}` : name],
    script: (items) =>
      [
        'command -v debconf-set-selections >/dev/null || {',
        '  echo "debconf-set-selections is missing on this host: install the package debconf" >&2; exit 1; }',
        `LC_ALL=C perl -e ${quote(READ)} -- ${words(...items)}`,
      ].join('\n'),
    read: (output, items) => items.map(() => readAnswers(output)),
  }
}

// What debconf-show does, which tells no passwords and prints values with line breaks as lines; it takes no lock either.
const READ = `use strict;
use Debconf::Db;
use Debconf::Template;
use Debconf::Question;
my @wanted = @ARGV;
@ARGV = ();
Debconf::Db->load(readonly => "true");
my (@all, $question);
my $iterator = Debconf::Question->iterator;
push @all, $question while $question = $iterator->iterate;
for my $item (@wanted) {
  my ($package, $asked) = split / /, $item;
  for my $one (@all) {
    next unless grep { $package eq $_ } split(/, /, $one->owners);
    my ($name, $type) = ($one->name, $one->type // "");
    my $value = $type eq "password" && $name ne ($asked // "") ? "" : $one->value // "";
    print join("\\0", $name, $type, $one->flag("seen"), $value), "\\0";
  }
  print "\\0";
}`

function readAnswers(output: Output): State {
  const answers = new Map<string, Answer>()
  for (let name = output.field(); name !== ''; name = output.field()) {
    const [type, seen, value] = [output.field(), output.field(), output.field()]
    if (seen !== 'true' && seen !== 'false')
      throw new Error(`debconf on the host answered "${seen}" where true or false was expected`)
    answers.set(name, { type, isSeen: seen === 'true', value })
  }
  return answers
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { question, vtype } = args
  const all = Object.fromEntries([...state].map(([name, answer]) => [name, shown(answer)]))
  const asIs = { ...NOTHING, result: { msg: '', current: all } }
  if (question === undefined || vtype === undefined) return asIs
  const old = state.get(question)
  const wanted = wantedValue(args)
  if (old !== undefined && isSame(args, old, wanted)) return asIs
  if (vtype === 'error')
    return failure('debconf-set-selections sets no values of type error; an answer is a string or a boolean')
  const previous: ValueMap = old === undefined ? { ...all, [question]: '' } : { [question]: all[question]! }
  const current = { [question]: vtype === 'password' ? OMITTED : wanted }
  const diff: ValueMap = view.diff ? { before: previous, after: { ...previous, ...current } } : {}
  return { ...setting(args, old, wanted), result: { msg: '', current, previous, diff } }
}

/** As debconf-set-selections takes it. */
function wantedValue({ vtype, value = '' }: Args): string {
  const line = value.replace(/[\r\n]+$/, '')
  return vtype === 'boolean' || vtype === 'seen' ? line.toLowerCase() : line
}

function isSame({ vtype }: Args, { isSeen, value }: Answer, wanted: string): boolean {
  if (vtype === 'seen') return isSeen === (wanted === 'true')
  const now = vtype === 'boolean' ? value.toLowerCase() : value
  // A line break is written as these two characters in debconf's file.
  return now.trim() === wanted.replaceAll('\\n', '\n').trim()
}

function shown({ type, value }: Answer): string {
  return type === 'password' ? OMITTED : value.trim()
}

function setting(
  { name, question = '', vtype = 'string', unseen }: Args,
  old: Answer | undefined,
  wanted: string,
) {
  const change: Change =
    vtype === 'seen'
      ? { what: `seen of ${question}`, before: old === undefined ? null : String(old.isSeen), after: wanted }
      : { what: question, before: old === undefined ? null : told(vtype, old), after: hidden(vtype, wanted) }
  return together([change], {
    do: 'send',
    script: `LC_ALL=C debconf-set-selections${unseen ? ' -u' : ''}`,
    content: contentOf([name, question, vtype, wanted].join(' ')),
    brief: true,
  })
}

function told(vtype: string, old: Answer): string {
  return old.type === 'password' ? '(hidden)' : hidden(vtype, old.value)
}

function hidden(vtype: string, value: string): string {
  return vtype === 'password' ? '(hidden)' : value
}
