import { type ArgsOf, options } from '../../../sdk/options.ts'

export const declared = options({
  db: {
    type: 'path',
    required: true,
    help: 'The file of the database on the host; what writes makes it if it is missing, in a folder that is there.',
  },
  query: { type: 'any', required: true, help: 'A text of SQL, or a list of them.' },
  positional_args: {
    type: 'list',
    help: 'Values for each %s of the queries, as texts of SQL; a list becomes (1, 2). A % is %% then.',
  },
  named_args: { type: 'map', help: 'Values for each %(name)s of the queries.' },
  single_transaction: {
    type: 'bool',
    default: false,
    help: 'All queries are carried out, or none; otherwise each statement by itself.',
  },
  busy_timeout: {
    type: 'int',
    default: 30,
    help: 'Seconds to wait for others who write to the database.',
  },
})

export type Args = ArgsOf<typeof declared>
