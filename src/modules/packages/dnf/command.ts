import { quote, quotePath, words } from '../../../shell/quote.ts'
import { type RedHatArgs, specsOf, stateOf } from './options.ts'

/** Sh that makes `tool` the program with the task's flags, and `run`, which waits for another run to end. */
export function toolFunctions(args: RedHatArgs): string[] {
  const dnf = `if command -v dnf >/dev/null; then manager=dnf; tool() { dnf ${dnfFlags(args)} "$@"; }`
  const yum = `if command -v yum >/dev/null; then manager=yum; tool() { yum ${yumFlags(args)} "$@"; }`
  const all = { dnf: [dnf], yum4: [dnf], yum: [yum], auto: [dnf, yum] }
  const chosen = args.use_backend === undefined ? [dnf] : all[args.use_backend]
  const missing =
    args.use_backend === undefined
      ? 'Failed to find required executable "dnf" on this host: it has another package manager'
      : 'Could not find a backend package manager: neither yum nor dnf is on this host'
  return [
    'export LC_ALL=C',
    `${chosen.join('\nel')}\nelse echo ${quote(missing)} >&2; exit 1; fi`,
    `run() {
  tries=0
  while tool "$@"; code=$?; [ $code = 200 ] && [ $tries -lt ${args.lock_timeout} ]; do tries=$((tries + 1)); sleep 1; done
  [ $code != 200 ] || echo "Error: $manager lockfile is held by another process"
  return $code
}`,
  ]
}

/** What is said to both, as sh. */
function flags(args: RedHatArgs): string[] {
  const checked = args.validate_certs || !specsOf(args).some((spec) => spec.startsWith('https:'))
  return [
    words(
      '--setopt=exit_on_lock=1',
      `--setopt=clean_requirements_on_remove=${args.autoremove ? 1 : 0}`,
      ...(args.disable_gpg_check
        ? ['--nogpgcheck']
        : ['--setopt=gpgcheck=1', '--setopt=localpkg_gpgcheck=1']),
      ...(args.sslverify && checked ? [] : ['--setopt=sslverify=0']),
      ...(args.cacheonly ? ['-C'] : []),
      ...(args.skip_broken ? ['--skip-broken'] : []),
      ...(args.security ? ['--security'] : []),
      ...(args.bugfix ? ['--bugfix'] : []),
      ...(args.releasever === undefined ? [] : [`--releasever=${args.releasever}`]),
      ...args.exclude.map((name) => `--exclude=${name}`),
      ...(args.disable_excludes === undefined ? [] : [`--disableexcludes=${args.disable_excludes}`]),
      ...args.disable_plugin.map((name) => `--disableplugin=${name}`),
      ...args.enable_plugin.map((name) => `--enableplugin=${name}`),
      ...(args.download_only ? ['--downloadonly'] : []),
    ),
    ...pathFlag('--downloaddir', args.download_only ? args.download_dir : undefined),
    ...pathFlag('-c', args.conf_file),
    ...(args.installroot === '/' ? [] : pathFlag('--installroot', args.installroot)),
  ]
}

function dnfFlags(args: RedHatArgs): string {
  return [
    ...flags(args),
    words(
      ...(args.update_cache ? ['--refresh'] : []),
      ...(args.allowerasing || stateOf(args) === 'absent' ? ['--allowerasing'] : []),
      ...(args.nobest ? ['--nobest'] : stateOf(args) === 'latest' ? ['--best'] : []),
      ...(args.install_weak_deps ? [] : ['--setopt=install_weak_deps=0']),
      // Unlike --enablerepo these pass over what the host has not, as Ansible does.
      ...args.disablerepo.map((id) => `--setopt=${id}.enabled=0`),
      ...args.enablerepo.map((id) => `--setopt=${id}.enabled=1`),
    ),
  ]
    .filter(Boolean)
    .join(' ')
}

/** What yum 3 knows; where yum is dnf by another name, it knows these too. */
function yumFlags(args: RedHatArgs): string {
  const repositories = [
    ...args.disablerepo.map((id) => `--disablerepo=${id}`),
    ...args.enablerepo.map((id) => `--enablerepo=${id}`),
  ]
  return [...flags(args), ...repositories.map(quote)].join(' ')
}

function pathFlag(flag: string, path: string | undefined): string[] {
  return path === undefined ? [] : [`${flag} ${quotePath(path)}`]
}
