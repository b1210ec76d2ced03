import type { ValueMap } from '../../../values/value.ts'

/** Lines of name, epoch, version, release, architecture, repository, and whether it is installed. */
export function listedPackages(printed: string): ValueMap[] {
  return printed.split('\n').flatMap((line): ValueMap[] => {
    const [name, epoch, version, release, arch, repo, yumstate] = line.split('|')
    if (yumstate === undefined) return []
    const envra = `${epoch}:${name}-${version}-${release}.${arch}`
    return [
      {
        ...{ name: name!, arch: arch!, epoch: epoch!, release: release!, version: version! },
        repo: repo!,
        envra,
        nevra: envra,
        yumstate,
      },
    ]
  })
}

/** A table of repositories below a heading that begins with "repo". */
export function listedRepositories(printed: string): ValueMap[] {
  const lines = printed.split('\n')
  const heading = lines.findIndex((line) => line.startsWith('repo id'))
  return lines
    .slice(heading + 1)
    .filter((line) => /^\S/.test(line) && !/^repolist:/.test(line))
    .map((line) => ({ repoid: line.replace(/^[!*]/, '').split(/[\s/]/)[0]!, state: 'enabled' }))
}
