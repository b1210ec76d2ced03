import { defineModule } from '../../../sdk/module.ts'
import { pacmanOptions, problems } from './options.ts'
import { concludePacman, planPacman } from './plan.ts'
import { type PacmanState, parsePacman, probePacman } from './probe.ts'

/** Packages of Arch and its kin. Semantics: community.general.pacman. */
export const pacman = defineModule<typeof pacmanOptions, PacmanState>({
  name: 'pacman',
  summary: 'Installs, removes and upgrades packages of Arch Linux and its kin.',
  options: pacmanOptions,
  validate: problems,
  probe: probePacman,
  parse: ({ text }) => parsePacman(text),
  plan: planPacman,
  interpret: ([outcome], args, _state, plan) => concludePacman(outcome!, args, plan),
})
