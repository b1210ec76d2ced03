import { Definitions } from '../../analysis/definitions.ts'
import type { Run } from '../../engine/run.ts'
import { HostVariables } from '../../inventory/host-variables.ts'
import type { Play, Role } from '../../playbook/ast.ts'
import { roleUses } from '../../playbook/playbook.ts'
import { entriesOf } from '../../values/value.ts'

/** All that the variables of a play may stand for, by their names, wherever they are defined. */
export class PlayDefinitions extends Definitions {
  constructor(play: Play, run: Run) {
    // Hosts whose files stay encrypted are worked on by nobody.
    super(new HostVariables(run.inventory, play.folder))
    for (const { included } of run.hosts.values()) this.add(included)
    this.add(entriesOf(play.vars))
    for (const { role } of roleUses(play)) this.addRole(role)
    this.add(run.extraVars)
  }

  addRole({ defaults, vars, around }: Role): void {
    this.add(defaults)
    this.add(vars)
    for (const role of around) {
      this.add(role.defaults)
      this.add(role.vars)
    }
  }
}
