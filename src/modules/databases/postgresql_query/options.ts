import { type ArgsOf, options } from '../../../sdk/options.ts'
import { loginOptions, sessionOptions } from '../postgresql.ts'

export const declared = options({
  ...loginOptions,
  ...sessionOptions,
  query: { type: 'any', help: 'A text of SQL, or a list of them.' },
  positional_args: {
    type: 'list',
    help: 'Values for each %s of the queries, as texts of SQL; a list becomes an array. A % is %% then.',
  },
  named_args: { type: 'map', help: 'Values for each %(name)s of the queries.' },
  path_to_script: { type: 'path', help: 'A file of SQL on the host, in place of query.' },
  as_single_query: {
    type: 'bool',
    default: true,
    help: 'The file is one text, of which the last statement gives the result; otherwise each is by itself.',
  },
  db: {
    type: 'str',
    aliases: ['login_db'],
    help: 'The database to log in to; that of the name of the role that logs in without it.',
  },
  autocommit: {
    type: 'bool',
    default: false,
    help: 'Each query by itself, for those that no transaction may hold; it cannot be checked.',
  },
  encoding: { type: 'str', help: 'Does nothing: texts are UTF-8 here, and the server converts them.' },
  search_path: { type: 'strings', help: 'The schemas to look in.' },
})

export type Args = ArgsOf<typeof declared>
