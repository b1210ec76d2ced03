// The script of a report's page, in a browser: makes of the run's data what is looked at, and no more of it.
;(() => {
  const run = JSON.parse(document.getElementById('run').textContent)
  const OUTCOMES = { f: 'failed', u: 'unreachable', c: 'changed', i: 'ignored', o: 'ok', s: 'skipped' }
  const LETTERS = Object.keys(OUTCOMES)
  const WORTH = 'fuci'
  /** Rows that are made at once; more come when somebody gets near the last one. */
  const CHUNK = 100
  const MOST_NAMES = 8

  const state = readAddress()
  /** What makes the rows that nobody has got to yet. */
  const waiting = new Set()
  const found = run.findings.map(textOf)
  let main

  function element(tag, attributes = {}, ...children) {
    const made = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === 'function') made.addEventListener(name, value)
      else if (value !== undefined) made.setAttribute(name, value)
    }
    made.append(...children.filter((child) => child !== undefined))
    return made
  }

  function page() {
    const began = new Date(run.began)
    const mode = run.check ? 'check mode' : undefined
    const tags = [mode, run.interrupted ? 'interrupted' : undefined].filter(Boolean)
    main = element('main')
    const figure = document.getElementById('topology')
    document.body.append(
      element(
        'header',
        {},
        element('h1', {}, run.title, ...tags.flatMap((tag) => [' ', element('span', { class: 'tag' }, tag)])),
        element(
          'p',
          { class: 'dim' },
          element('time', { datetime: run.began }, began.toLocaleString()),
          `, ${time(run.seconds * 1000)}, ${count(run.hosts.length, 'host')}, ${count(run.tasks.length, 'task')}`,
        ),
        ...run.summary.map((line) => element('p', {}, line)),
      ),
      ...(figure === null ? [] : [figure]),
      bar(),
      main,
    )
    show()
  }

  /** Views, outcomes and the search. */
  function bar() {
    const all = totals()
    const button = (text, pressed, press, kind) => {
      const made = element('button', { 'aria-pressed': pressed(), class: kind, type: 'button' }, text)
      made.addEventListener('click', () => {
        press()
        for (const one of buttons) one.made.setAttribute('aria-pressed', one.pressed())
        show()
      })
      return { made, pressed }
    }
    const views = Object.keys(VIEWS).map((view) =>
      button(
        view,
        () => state.view === view,
        () => {
          state.view = view
        },
      ),
    )
    const outcomes = LETTERS.filter((letter) => all[letter] > 0).map((letter) =>
      button(
        `${OUTCOMES[letter]} ${all[letter]}`,
        () => state.outcomes.has(letter),
        () => {
          if (!state.outcomes.delete(letter)) state.outcomes.add(letter)
        },
        OUTCOMES[letter],
      ),
    )
    const buttons = [...views, ...outcomes]
    const search = element('input', {
      type: 'search',
      placeholder: 'search hosts, tasks, files, texts',
      'aria-label': 'search',
      value: state.search,
    })
    let later
    search.addEventListener('input', () => {
      state.search = search.value
      clearTimeout(later)
      later = setTimeout(show, 100)
    })
    return element('nav', {}, ...buttons.map(({ made }) => made), search)
  }

  function totals() {
    const all = Object.fromEntries(LETTERS.map((letter) => [letter, 0]))
    for (const { outcomes } of run.tasks) for (const letter of outcomes) all[letter] += 1
    return all
  }

  function show() {
    writeAddress()
    const rows = VIEWS[state.view](matching())
    main.replaceChildren()
    if (rows.length > 0) chunks(main, rows)
    else main.append(element('p', { class: 'dim' }, nothing()))
  }

  function nothing() {
    if (state.search !== '' || state.outcomes.size > 0) return 'nothing of that kind'
    return run.hosts.length === 0 ? 'no hosts' : 'in sync: nothing has changed, and nothing failed'
  }

  /** Whether the result of a task at a place among its results is asked for. */
  function matching() {
    const words = state.search.toLowerCase().split(/\s+/).filter(Boolean)
    const having = (texts) => words.map((word) => texts.map((text) => text.toLowerCase().includes(word)))
    const hosts = having(run.hosts)
    const tasks = having(
      run.tasks.map((task) => `${task.name} ${task.action} ${task.place} ${run.plays[task.play]}`),
    )
    const findings = having(found)
    return (number, at) => {
      const task = run.tasks[number]
      if (state.outcomes.size > 0 && !state.outcomes.has(task.outcomes[at])) return false
      return words.every(
        (_, word) => tasks[word][number] || hosts[word][task.hosts[at]] || findings[word][task.findings[at]],
      )
    }
  }

  function textOf({ why = '', changes, fields, items = [] }) {
    return [
      why,
      ...changes.map((change) =>
        typeof change === 'string' ? change : `${change.what}\n${linesOf(change.hunks)}`,
      ),
      ...fields.flatMap(([, lines]) => lines),
      ...items.flatMap((item) => [item.label, textOf(item)]),
    ].join('\n')
  }

  function linesOf(hunks) {
    return typeof hunks === 'string' ? hunks : hunks.flatMap(([, , lines]) => lines).join('\n')
  }

  /** Puts rows into a parent as somebody gets to them; each is a function that makes it. */
  function chunks(parent, rows, from = 0) {
    parent.append(...rows.slice(from, from + CHUNK).map((make) => make()))
    const next = from + CHUNK
    if (next >= rows.length) return
    const rest = element('p', { class: 'dim' }, `and ${rows.length - next} more`)
    parent.append(rest)
    const more = () => {
      waiting.delete(more)
      observer.disconnect()
      if (!rest.isConnected) return
      rest.remove()
      chunks(parent, rows, next)
    }
    const observer = new IntersectionObserver(([entry]) => entry.isIntersecting && more(), {
      rootMargin: '800px',
    })
    waiting.add(more)
    observer.observe(rest)
  }

  const VIEWS = { findings: findingRows, tasks: taskRows, hosts: hostRows }

  /** What is worth knowing, the worst first: hosts for which a task has come to the same stand together. */
  function findingRows(matches) {
    const all = run.tasks.flatMap((task, number) =>
      groups(
        task,
        (at) => (state.outcomes.size > 0 || WORTH.includes(task.outcomes[at])) && matches(number, at),
      ),
    )
    all.sort((one, other) => LETTERS.indexOf(one.letter) - LETTERS.indexOf(other.letter))
    return all.map((group) => () => findingCard(group, true))
  }

  /** The results of a task that a filter leaves, together where they are the same. */
  function groups(task, filter) {
    const known = new Map()
    for (let at = 0; at < task.hosts.length; at += 1) {
      if (!filter(at)) continue
      const letter = task.outcomes[at]
      const key = letter + task.findings[at]
      const group = known.get(key)
      if (group === undefined)
        known.set(key, { task, letter, finding: run.findings[task.findings[at]], ats: [at] })
      else group.ats.push(at)
    }
    return [...known.values()]
  }

  function findingCard({ task, letter, finding, ats }, named) {
    const outcome = OUTCOMES[letter]
    const slowest = Math.max(...ats.map((at) => task.times[at]))
    return element(
      'article',
      { class: `card ${outcome}` },
      element(
        'div',
        {},
        element('span', { class: 'word' }, outcome),
        ' ',
        named ? element('span', { class: 'name' }, task.handler ? `handler: ${task.name}` : task.name) : '',
        named ? element('span', { class: 'dim' }, ` ${task.action}, ${task.place}`) : '',
      ),
      hostNames(
        ats.map((at) => run.hosts[task.hosts[at]]),
        slowest,
      ),
      ...told(finding),
    )
  }

  function hostNames(names, slowest) {
    const took = `${names.length > 1 ? 'up to ' : ''}${time(slowest)}`
    if (names.length <= MOST_NAMES)
      return element(
        'div',
        { class: 'hosts' },
        names.join(', '),
        element('span', { class: 'dim' }, ` ${took}`),
      )
    const short = `${count(names.length, 'host')}: ${names.slice(0, MOST_NAMES - 1).join(', ')}, ...`
    return element(
      'details',
      { class: 'hosts' },
      element('summary', {}, short, element('span', { class: 'dim' }, ` ${took}`)),
      names.join(', '),
    )
  }

  function told({ why, changes, fields, items = [] }) {
    const listed = fields.filter(([name]) => name !== '')
    return [
      ...(why === undefined ? [] : [element('p', {}, why)]),
      ...changes.map(difference),
      ...fields.filter(([name]) => name === '').map(([, lines]) => element('pre', {}, lines.join('\n'))),
      ...(listed.length === 0 ? [] : [element('dl', {}, ...listed.flatMap(field))]),
      ...items
        .filter(({ outcome }) => outcome !== 'ok' && outcome !== 'skipped')
        .map((item) =>
          element(
            'div',
            { class: `card ${item.outcome}` },
            element('span', { class: 'word' }, item.outcome),
            ` item=${item.label}`,
            ...told(item),
          ),
        ),
    ]
  }

  function field([name, lines]) {
    const isShort = lines.length === 1 && name !== 'stdout' && name !== 'stderr'
    return [
      element('dt', {}, name),
      element('dd', {}, isShort ? lines[0] : element('pre', {}, lines.join('\n'))),
    ]
  }

  function difference(change) {
    if (typeof change === 'string') return element('div', {}, element('code', {}, change))
    const { what, hunks } = change
    const parts =
      typeof hunks === 'string' ? [element('div', { class: 'gap' }, hunks)] : hunks.flatMap(hunkRows)
    return element('div', { class: 'diff' }, element('div', { class: 'what' }, what), ...parts)
  }

  /** Before and after side by side: lines that were replaced beside those in their place. */
  function hunkRows([before, after, lines], at) {
    const rows = at === 0 ? [] : [element('div', { class: 'gap' }, '⋯')]
    let numbers = [before, after]
    let olds = []
    let news = []
    const flush = () => {
      for (let line = 0; line < Math.max(olds.length, news.length); line += 1)
        rows.push(pair(olds[line], news[line]))
      olds = []
      news = []
    }
    for (const line of lines) {
      const text = line.slice(1)
      if (line.startsWith('-')) olds.push([numbers[0]++, text])
      else if (line.startsWith('+')) news.push([numbers[1]++, text])
      else if (line.startsWith('\\')) continue
      else {
        flush()
        rows.push(
          element('div', { class: 'pair' }, side('same', numbers[0], text), side('same', numbers[1], text)),
        )
        numbers = [numbers[0] + 1, numbers[1] + 1]
      }
    }
    flush()
    return rows
  }

  function pair(old, now) {
    if (old === undefined || now === undefined)
      return element('div', { class: 'pair' }, oneSide('old', old), oneSide('new', now))
    const [start, end] = sameEnds(old[1], now[1])
    const marked = (text) => [
      text.slice(0, start),
      element('mark', {}, text.slice(start, text.length - end)),
      text.slice(text.length - end),
    ]
    return element(
      'div',
      { class: 'pair' },
      side('old', old[0], ...marked(old[1])),
      side('new', now[0], ...marked(now[1])),
    )
  }

  function oneSide(kind, line) {
    return line === undefined ? side('none', '') : side(kind, line[0], line[1])
  }

  function side(kind, number, ...parts) {
    return element('div', { class: kind, 'data-line': number }, element('span', {}, ...parts))
  }

  /** How many characters two lines have in common at their beginnings, and then at their ends. */
  function sameEnds(one, other) {
    const most = Math.min(one.length, other.length)
    let start = 0
    while (start < most && one[start] === other[start]) start += 1
    let end = 0
    while (end < most - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1
    return [start, end]
  }

  function taskRows(matches) {
    const longest = Math.max(1, ...run.tasks.map(({ milliseconds }) => milliseconds))
    return run.tasks.flatMap((task, number) => {
      const counts = countsOf(task.outcomes, (at) => matches(number, at))
      if (total(counts) === 0) return []
      const body = () =>
        groups(task, (at) => matches(number, at))
          .sort((one, other) => LETTERS.indexOf(one.letter) - LETTERS.indexOf(other.letter))
          .map((group) => () => findingCard(group, false))
      const name = task.handler ? `handler: ${task.name}` : task.name
      const about = `${task.action}, ${task.place}`
      return [() => row(name, about, counts, task.milliseconds, longest, body)]
    })
  }

  function hostRows(matches) {
    const results = run.hosts.map(() => [])
    run.tasks.forEach((task, number) => {
      for (let at = 0; at < task.hosts.length; at += 1)
        if (matches(number, at)) results[task.hosts[at]].push({ task, at })
    })
    const hosts = results.map((own, host) => ({
      host,
      own,
      counts: countsOf(own.map(({ task, at }) => task.outcomes[at]).join(''), () => true),
      took: own.reduce((sum, { task, at }) => sum + task.times[at], 0),
    }))
    const longest = Math.max(1, ...hosts.map(({ took }) => took))
    return hosts
      .filter(({ own }) => own.length > 0)
      .sort((one, other) => worse(one.counts, other.counts) || one.host - other.host)
      .map(({ host, own, counts, took }) => () => {
        const body = () =>
          own.map(
            ({ task, at }) =>
              () =>
                resultCard(task, at),
          )
        return row(run.hosts[host], '', counts, took, longest, body)
      })
  }

  /** Whose worst outcome comes first, and of the same the one that has more of it. */
  function worse(one, other) {
    for (const letter of WORTH) if (one[letter] !== other[letter]) return other[letter] - one[letter]
    return 0
  }

  function resultCard(task, at) {
    const outcome = OUTCOMES[task.outcomes[at]]
    return element(
      'article',
      { class: `card ${outcome}` },
      element('span', { class: 'word' }, outcome),
      ' ',
      element('span', { class: 'name' }, task.name),
      element('span', { class: 'dim' }, ` ${task.action}, ${task.place}, ${time(task.times[at])}`),
      ...told(run.findings[task.findings[at]]),
    )
  }

  /** A line that opens; what is in it is made then. */
  function row(name, about, counts, took, longest, body) {
    const letters = LETTERS.filter((letter) => counts[letter] > 0)
    const words = letters.map((letter) =>
      element(
        'span',
        { class: OUTCOMES[letter] },
        element('span', { class: 'word' }, `${OUTCOMES[letter]} ${counts[letter]} `),
      ),
    )
    const parts = letters.map((letter) =>
      element('i', { class: OUTCOMES[letter], style: `flex-grow:${counts[letter]}` }),
    )
    const made = element(
      'details',
      { class: `card row ${OUTCOMES[letters[0]]}` },
      element(
        'summary',
        {},
        element(
          'span',
          { class: 'name' },
          name,
          about === '' ? '' : element('span', { class: 'dim' }, ` ${about}`),
        ),
        element('span', { class: 'bar' }, ...parts),
        element('span', { class: 'counts' }, ...words),
        element('span', { class: 'time', style: `--share:${(took / longest) * 100}%` }, time(took)),
      ),
    )
    made.addEventListener('toggle', () => chunks(made, body()), { once: true })
    return made
  }

  function countsOf(outcomes, filter) {
    const counts = {}
    for (let at = 0; at < outcomes.length; at += 1) {
      const letter = outcomes[at]
      if (filter(at)) counts[letter] = (counts[letter] ?? 0) + 1
    }
    for (const letter of LETTERS) counts[letter] ??= 0
    return counts
  }

  function total(counts) {
    return Object.values(counts).reduce((sum, number) => sum + number, 0)
  }

  function count(number, thing) {
    return `${number.toLocaleString('en')} ${thing}${number === 1 ? '' : 's'}`
  }

  function time(milliseconds) {
    if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
    const seconds = milliseconds / 1000
    if (seconds < 60) return `${seconds.toFixed(1)} s`
    return `${Math.floor(seconds / 60)} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`
  }

  /** What is looked at stands in the address, so that it can be handed on. */
  function readAddress() {
    const given = new URLSearchParams(location.hash.slice(1))
    const view = given.get('view')
    return {
      view: ['findings', 'tasks', 'hosts'].includes(view) ? view : 'findings',
      outcomes: new Set([...(given.get('outcomes') ?? '')].filter((letter) => letter in OUTCOMES)),
      search: given.get('search') ?? '',
    }
  }

  function writeAddress() {
    const { view, outcomes, search } = state
    const given = { view, outcomes: [...outcomes].join(''), search }
    const told = Object.entries(given).filter(([, value]) => value !== '' && value !== 'findings')
    if (told.length > 0 || location.hash !== '')
      history.replaceState(null, '', `#${new URLSearchParams(told)}`)
  }

  // Paper is not scrolled.
  window.addEventListener('beforeprint', () => {
    for (const more of waiting) more()
  })
  page()
})()
