import { type ArgsOf, options } from '../../../sdk/options.ts'
import { loginOptions } from '../mysql.ts'

export const declared = options({
  ...loginOptions,
  query: { type: 'any', required: true, help: 'A statement of SQL, or a list of them.' },
  positional_args: {
    type: 'list',
    help: 'Values for each %s of the queries, as texts of SQL; a list becomes (1, 2). A % is %% then.',
  },
  named_args: { type: 'map', help: 'Values for each %(name)s of the queries.' },
  login_db: { type: 'str', help: 'The database that the queries are about.' },
  single_transaction: {
    type: 'bool',
    default: false,
    help: 'All queries are carried out, or none, as far as tables can do so; otherwise each by itself.',
  },
})

export type Args = ArgsOf<typeof declared>
