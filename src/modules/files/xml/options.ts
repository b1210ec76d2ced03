import { type ArgsOf, options } from '../../../sdk/options.ts'

export const declared = options({
  path: {
    type: 'path',
    aliases: ['dest', 'file'],
    help: 'The file; it must be there. This or "xmlstring" is needed.',
  },
  xmlstring: {
    type: 'str',
    bytes: true,
    help: 'A text of XML instead of a file; what becomes of it is returned as "xmlstring".',
  },
  xpath: { type: 'str', help: 'XPath 1.0 for what is meant. What it names is made if it is not there.' },
  namespaces: {
    type: 'map',
    default: {},
    help: 'Prefixes that stand in "xpath" and "attribute", and the namespaces that they mean.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    aliases: ['ensure'],
    help: 'Whether elements and attributes that "xpath" selects are to be there.',
  },
  value: { type: 'any', help: 'What the text of the elements is to be, or that of their "attribute".' },
  attribute: { type: 'str', help: 'The attribute that "value" is for, without "@".' },
  add_children: {
    type: 'list',
    help: 'Elements that are put behind the children of each element, every time: a name, or a map of a name to a text or to a map of attributes, whose children are a list under "_".',
  },
  set_children: {
    type: 'list',
    help: 'Elements that are to be the children of each element, written as for "add_children"; others go.',
  },
  count: { type: 'bool', default: false, help: 'Tell how many nodes "xpath" selects, at any depth.' },
  print_match: { type: 'bool', default: false, help: 'Tell the paths of what "xpath" selects.' },
  pretty_print: {
    type: 'bool',
    default: false,
    help: 'Write every element on a line of its own, indented, unless it stands beside text.',
  },
  content: {
    type: 'str',
    choices: ['attribute', 'text'],
    help: 'Return attributes or texts of the elements as "matches".',
  },
  input_type: {
    type: 'str',
    choices: ['xml', 'yaml'],
    default: 'yaml',
    help: 'How children are written; with xml each is a text of one element.',
  },
  backup: { type: 'bool', default: false, help: 'Keep a copy of the file as it was.' },
  strip_cdata_tags: {
    type: 'bool',
    default: false,
    help: 'Write what stands in sections of CDATA as plain text, when something changes.',
  },
  insertbefore: {
    type: 'bool',
    default: false,
    help: 'Put "add_children" before the first element that "xpath" selects, and not into it.',
  },
  insertafter: {
    type: 'bool',
    default: false,
    help: 'Put "add_children" behind the last element that "xpath" selects, and not into it.',
  },
})

export type Args = ArgsOf<typeof declared>
