import type { ValueMap } from '../../../values/value.ts'
import { lines, type Sections } from './probe.ts'
import { first } from './system.ts'

/** Memory, processors, uptime, mounts and what the firmware says. */
export function hardwareFacts(sections: Sections): ValueMap {
  return {
    ...memoryFacts(lines(sections, '/proc/meminfo')),
    ...processorFacts(sections.get('/proc/cpuinfo') ?? ''),
    uptime_seconds: Math.floor(Number(first(sections, '/proc/uptime').split(' ')[0])) || 0,
    mounts: mountFacts(sections),
    ...firmwareFacts(sections),
  }
}

function memoryFacts(meminfo: readonly string[]): ValueMap {
  const kilobytes = new Map(
    meminfo.flatMap((line) => {
      const [, name, number] = /^(\w+):\s+(\d+)/.exec(line) ?? []
      return name === undefined ? [] : [[name, Number(number)] as const]
    }),
  )
  const megabytes = (name: string) => Math.floor((kilobytes.get(name) ?? 0) / 1024)
  const total = megabytes('MemTotal')
  const free = megabytes('MemFree')
  const cached = megabytes('Cached') + megabytes('Buffers')
  const swap = { total: megabytes('SwapTotal'), free: megabytes('SwapFree') }
  return {
    memtotal_mb: total,
    memfree_mb: free,
    swaptotal_mb: swap.total,
    swapfree_mb: swap.free,
    memory_mb: {
      real: { total, used: total - free, free },
      nocache: { free: free + cached, used: total - free - cached },
      swap: { ...swap, used: swap.total - swap.free, cached: megabytes('SwapCached') },
    },
  }
}

function processorFacts(cpuinfo: string): ValueMap {
  const blocks = cpuinfo.split(/\n\n+/).filter((block) => /^processor\s*:/im.test(block))
  const of = (block: string, name: string) => new RegExp(`^${name}\\s*: *(.*)$`, 'm').exec(block)?.[1]
  const processor = blocks.flatMap((block) =>
    ['processor', 'vendor_id', 'model name'].flatMap((name) => of(block, name) ?? []),
  )
  const [one = ''] = blocks
  const sockets = new Set(blocks.map((block) => of(block, 'physical id') ?? '')).size || 1
  const cores = Number(of(one, 'cpu cores') ?? Math.max(1, blocks.length / sockets))
  const threads = Math.max(1, Math.floor(Number(of(one, 'siblings') ?? cores) / cores))
  return {
    processor,
    processor_count: sockets,
    processor_cores: cores,
    processor_threads_per_core: threads,
    processor_vcpus: sockets * cores * threads,
    processor_nproc: blocks.length,
  }
}

function mountFacts(sections: Sections): ValueMap[] {
  const space = new Map(
    lines(sections, ':space').map((line) => {
      const [size, blocks, available, inodes, free, ...mount] = line.split('|')
      return [mount.join('|'), [size, blocks, available, inodes, free].map(Number)] as const
    }),
  )
  return lines(sections, '/proc/mounts').flatMap((line) => {
    const [device = '', path = '', fstype = '', options = ''] = line.split(' ').map(unescaped)
    const found = space.get(path)
    if (!device.startsWith('/') || found === undefined) return []
    const [size, blocks, available, inodes, free] = found as [number, number, number, number, number]
    return [
      {
        ...{ device, mount: path, fstype, options, uuid: 'N/A' },
        block_size: size,
        block_total: blocks,
        block_available: available,
        block_used: blocks - available,
        size_total: size * blocks,
        size_available: size * available,
        inode_total: inodes,
        inode_available: free,
        inode_used: inodes - free,
      },
    ]
  })
}

/** proc(5): blanks and backslashes in /proc/mounts are octal. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))
}

const FIRMWARE: Record<string, string> = {
  bios_date: 'bios_date',
  bios_vendor: 'bios_vendor',
  bios_version: 'bios_version',
  board_name: 'board_name',
  board_serial: 'board_serial',
  board_vendor: 'board_vendor',
  board_version: 'board_version',
  board_asset_tag: 'board_asset_tag',
  chassis_serial: 'chassis_serial',
  chassis_vendor: 'chassis_vendor',
  chassis_version: 'chassis_version',
  chassis_asset_tag: 'chassis_asset_tag',
  product_name: 'product_name',
  product_serial: 'product_serial',
  product_uuid: 'product_uuid',
  product_version: 'product_version',
  system_vendor: 'sys_vendor',
}

function firmwareFacts(sections: Sections): ValueMap {
  return Object.fromEntries(
    Object.entries(FIRMWARE).map(([fact, file]) => [
      fact,
      first(sections, `/sys/class/dmi/id/${file}`).trim() || 'NA',
    ]),
  )
}
