import type { Rule } from '../rule.ts'
import { args } from './args.ts'
import { commands } from './commands.ts'
import { conditions } from './conditions.ts'
import { fqcn } from './fqcn.ts'
import { freeForm } from './free-form.ts'
import { jinja } from './jinja.ts'
import { keyOrder } from './key-order.ts'
import { loops } from './loops.ts'
import { modulesUsed } from './modules.ts'
import { names } from './names.ts'
import { permissions } from './permissions.ts'
import { reading } from './reading.ts'
import { roles } from './roles.ts'
import { safety } from './safety.ts'
import { tabs } from './tabs.ts'
import { unused } from './unused.ts'
import { varNaming } from './var-naming.ts'
import { yaml } from './yaml.ts'

/** Every rule; one that looks at several things stands here once for each. */
export const RULES: readonly Rule[] = [
  ...reading,
  yaml,
  args,
  ...commands,
  ...conditions,
  ...fqcn,
  ...freeForm,
  ...jinja,
  keyOrder,
  ...loops,
  ...modulesUsed,
  ...names,
  ...permissions,
  ...roles,
  ...safety,
  tabs,
  ...unused,
  ...varNaming,
]
