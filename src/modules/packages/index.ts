import type { Catalogue } from '../../sdk/module.ts'
import { apk } from './apk/index.ts'
import { apt } from './apt/index.ts'
import { apt_key } from './apt_key.ts'
import { apt_repository } from './apt_repository/index.ts'
import { deb822_repository } from './deb822_repository/index.ts'
import { debconf } from './debconf.ts'
import { dnf } from './dnf/index.ts'
import { dpkg_divert } from './dpkg_divert.ts'
import { dpkg_selections } from './dpkg_selections.ts'
import { flatpak } from './flatpak/index.ts'
import { flatpak_remote } from './flatpak_remote.ts'
import { gem } from './gem.ts'
import { npm } from './npm.ts'
import { pkg } from './package.ts'
import { package_facts } from './package_facts/index.ts'
import { pacman } from './pacman/index.ts'
import { pip } from './pip/index.ts'
import { rpm_key } from './rpm_key.ts'
import { snap } from './snap/index.ts'
import { snap_alias } from './snap_alias.ts'
import { yum } from './yum.ts'
import { yum_repository } from './yum_repository/index.ts'
import { zypper } from './zypper/index.ts'
import { zypper_repository } from './zypper_repository/index.ts'

export const packages: Catalogue = {
  apk,
  apt,
  apt_key,
  apt_repository,
  deb822_repository,
  debconf,
  dpkg_divert,
  dpkg_selections,
  dnf,
  flatpak,
  flatpak_remote,
  gem,
  npm,
  package: pkg,
  package_facts,
  pacman,
  pip,
  rpm_key,
  snap,
  snap_alias,
  yum,
  yum_repository,
  zypper,
  zypper_repository,
}
