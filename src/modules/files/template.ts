import { defineMarkedModule } from '../../host/marked-module.ts'
import { validateProblems } from '../../host/write.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { onceForEach } from '../../values/once-for-each.ts'
import { type CopyArgs, copying, placeOptions, type State } from './copy.ts'

const declared = options({
  ...placeOptions,
  src: {
    type: 'template',
    required: true,
    help: 'Template of Jinja (*.j2) or Handlebars (*.hbs), rendered for the host.',
  },
  trim_blocks: {
    type: 'bool',
    default: true,
    help: 'Whether the line end behind a statement of Jinja goes.',
  },
  lstrip_blocks: { type: 'bool', default: false, help: 'Whether blanks before a statement of Jinja go.' },
  newline_sequence: {
    type: 'str',
    default: '\n',
    help: 'The line end that Jinja writes: \\n, \\r or \\r\\n.',
  },
  variable_start_string: { type: 'str', help: 'What begins an expression of Jinja; {{ if not given.' },
  variable_end_string: { type: 'str', help: 'What ends an expression of Jinja; }} if not given.' },
  block_start_string: { type: 'str', help: 'What begins a statement of Jinja; {% if not given.' },
  block_end_string: { type: 'str', help: 'What ends a statement of Jinja; %} if not given.' },
  comment_start_string: { type: 'str', help: 'What begins a comment of Jinja; {# if not given.' },
  comment_end_string: { type: 'str', help: 'What ends a comment of Jinja; #} if not given.' },
  output_encoding: { type: 'str', default: 'utf-8', help: 'The encoding of the file that is made.' },
})

/** Puts a rendered template on a host. Semantics: ansible.builtin.template. */
export const template = defineMarkedModule<typeof declared, State>(
  {
    name: 'template',
    summary: 'Renders a template for each host and puts it there.',
    options: declared,
    validate: (args) => validateProblems(args.validate),
    probe: (args, view) => copying.probe(asCopy(args), view),
    parse: (output, args, view) => copying.parse(output, asCopy(args), view),
    plan: (args, state, view) => copying.plan(asCopy(args), state, view),
    footprint: {
      paths: (args) => copying.footprintPaths(asCopy(args)),
      of: (args, state, plan) => copying.footprint(asCopy(args), state, plan),
    },
    interpret: (outcomes, args, state) => copying.conclude(outcomes, asCopy(args), state),
  },
  {
    paths: (args) => copying.marks.paths(asCopy(args)),
    places: (args, state) => copying.marks.places(asCopy(args), state),
  },
)

const asCopy = onceForEach(
  (args: ArgsOf<typeof declared>): CopyArgs => ({
    ...args,
    content: undefined,
    remote_src: false,
    directory_mode: undefined,
    local_follow: undefined,
    checksum: undefined,
    decrypt: true,
  }),
)
