import type { Args } from '../../../../sdk/module.ts'
import type { TemplateContext } from '../../../../template/context.ts'
import type { ValueMap } from '../../../../values/value.ts'
import { failedResult, type Outcome } from '../../../results.ts'
import { argumentErrors, specsOf } from './validate.ts'

/** What a validate_argument_spec gives: variables of the names in its spec, and what it is given besides, are checked. */
export function validateArgumentSpec(args: Args, scope: TemplateContext): Outcome {
  const { argument_spec, provided_arguments, validate_args_context } = args as Readonly<
    Record<'argument_spec' | 'provided_arguments' | 'validate_args_context', ValueMap>
  >
  const specs = specsOf(argument_spec)
  const { variables } = scope
  const known = Object.keys(specs).filter((name) => variables.has(name))
  const found = Object.fromEntries(known.map((name) => [name, variables.get(name)!]))
  const errors = argumentErrors(specs, { ...found, ...provided_arguments })
  if (errors.length > 0)
    return failedResult(`Validation of arguments failed:\n${errors.join('\n')}`, {
      argument_errors: errors,
      argument_spec_data: argument_spec,
      validate_args_context,
    })
  const values = { changed: false, msg: 'The arg spec validation passed', validate_args_context }
  return { status: 'ok', changes: [], values }
}
