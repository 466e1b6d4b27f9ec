// Opens reports in headless Chromium as a reader would, and fails on anything a reader would stumble over: errors on the
// console, any request but the file itself, a serious finding of axe-core, numbers that are not those of the tables, a page
// wider than a phone. Usage: node check.mjs RUN_DIRECTORY [FILE.html ...] with CHROMIUM and SHOTS (a folder) set.
import { createRequire } from 'node:module';
import { readFileSync, mkdirSync } from 'node:fs';
import { join, resolve, basename } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(join(process.env.NODE_MODULES ?? process.cwd(), 'x.js'));
const puppeteer = require('puppeteer-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const [run, ...more] = process.argv.slice(2);
const pages = [join(run, 'report.html'), ...more];
const shots = process.env.SHOTS;
if (shots) mkdirSync(shots, { recursive: true });
let failed = 0;
let passed = 0;
const check = (good, what) => {
  if (good) { passed += 1; return; }
  failed += 1;
  console.error(`FAILED: ${what}`);
};

/** Rows of a CSV table as objects. */
function table(file) {
  const rows = [];
  let row = [''];
  let quoted = false;
  const text = readFileSync(file, 'utf8');
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at];
    if (quoted) {
      if (c === '"' && text[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; } else if (c === '"') quoted = false;
      else row[row.length - 1] += c;
    } else if (c === '"') quoted = true;
    else if (c === ',') row.push('');
    else if (c === '\n') { rows.push(row); row = ['']; } else row[row.length - 1] += c;
  }
  const [head, ...body] = rows;
  return body.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at]])));
}

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
for (const file of pages) {
  for (const [name, width, height] of [['desktop', 1280, 900], ['phone', 390, 844]]) {
    const page = await browser.newPage();
    await page.setViewport({ width, height, isMobile: name === 'phone', hasTouch: name === 'phone' });
    const heard = [];
    page.on('console', (message) => { if (['error', 'warn', 'warning'].includes(message.type())) heard.push(message.text()); });
    page.on('pageerror', (error) => heard.push(String(error)));
    const address = pathToFileURL(resolve(file)).href;
    page.on('request', (request) => { if (request.url() !== address) heard.push(`request: ${request.url().slice(0, 100)}`); });
    await page.goto(address, { waitUntil: 'load' });
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    check(overflow <= 0, `${file} is ${overflow} px wider than a ${name}`);
    if (shots) await page.screenshot({ path: join(shots, `${basename(file, '.html')}-${basename(resolve(file, '..'))}-${name}.png`), fullPage: true });

    await page.evaluate(axe);
    const result = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }));
    for (const violation of result.violations) {
      const where = violation.nodes.slice(0, 3).map((node) => node.target.join(' ')).join('; ');
      check(!['serious', 'critical'].includes(violation.impact), `${file} (${name}): axe ${violation.id}, ${violation.impact}: ${violation.help}: ${where}`);
    }
    check(result.violations.length >= 0 && result.testEngine.name === 'axe-core', 'axe ran');

    // A value where a chart is pointed at.
    const told = await page.evaluate(() => document.querySelectorAll('svg [data-told]').length);
    check(told > 100, `${file}: ${told} places of the charts tell something`);
    const spot = await page.evaluate(() => {
      const target = document.querySelector('svg [data-told]');
      target.scrollIntoView({ block: 'center' });
      const box = target.getBoundingClientRect();
      return [box.x + box.width / 2, box.y + box.height / 2];
    });
    await page.mouse.move(...spot);
    const tip = await page.evaluate(() => [document.getElementById('tip').hidden, document.getElementById('tip').textContent]);
    check(!tip[0] && tip[1].length > 5, `${file} (${name}): pointing at a chart tells ${JSON.stringify(tip)}`);

    // Sorting and searching.
    const sorted = await page.evaluate(() => {
      const tables = [...document.querySelectorAll('table.sortable')];
      const found = tables.find((table) => table.tBodies[0].rows.length > 5);
      if (!found) return 'none';
      const head = [...found.tHead.rows[0].cells].at(-1);
      head.querySelector('button').click();
      const values = [...found.tBodies[0].rows].map((row) => Number(row.cells[head.cellIndex].dataset.v)).filter((v) => !Number.isNaN(v));
      return head.getAttribute('aria-sort') === 'ascending' && values.every((v, at) => at === 0 || values[at - 1] <= v);
    });
    check(sorted === true || sorted === 'none', `${file}: sorting gives ${sorted}`);
    const searched = await page.evaluate(() => {
      const input = document.querySelector('input[type=search]');
      if (!input) return true;
      const box = input.closest('.table');
      input.value = 'zzzz-not-there';
      input.dispatchEvent(new Event('input'));
      const none = [...box.querySelectorAll('tbody tr')].every((row) => row.hidden);
      input.value = '';
      input.dispatchEvent(new Event('input'));
      return none && [...box.querySelectorAll('tbody tr')].every((row) => !row.hidden);
    });
    check(searched, `${file}: searching`);
    check(heard.length === 0, `${file} (${name}): ${heard.join(' | ')}`);
    await page.close();
  }
}

// The page says what the tables say.
const page = await browser.newPage();
await page.goto(pathToFileURL(resolve(pages[0])).href, { waitUntil: 'load' });
const shown = await page.evaluate(() => {
  const read = (table) => {
    const head = [...table.tHead.rows[0].cells].map((cell) => cell.textContent);
    return [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell, at) => [head[at], cell.textContent, cell.dataset.v]));
  };
  const tables = Object.fromEntries([...document.querySelectorAll('section')].map((s) => [s.id, [...s.querySelectorAll('table')].map(read)]));
  return { tables, policy: document.querySelector('meta[http-equiv]').content };
});
check(shown.policy.startsWith("default-src 'none'"), `policy: ${shown.policy}`);
const indicators = new Map(table(join(run, 'tables/indicators.csv')).map((row) => [[row.indicator, row.region, row.plant, row.substance, row.unit, row.time].join('|'), row.value]));
let compared = 0;
const close = (text, value) => Math.abs(Number(text.replaceAll(',', '')) - value) <= 0.0051 * Math.abs(value) + 1e-12;
for (const row of shown.tables.indicators[0]) {
  const name = row.slice(0, 5).map((cell) => cell[1]);
  for (const [year, text, value] of row.slice(5)) {
    if (value == null) continue;
    compared += 1;
    const key = [...name, year].join('|');
    check(indicators.get(key) === value, `${key}: the page says ${value}, the table ${indicators.get(key)}`);
    check(close(text, Number(value)), `${key}: ${text} is not ${value}`);
  }
}
check(compared > 100, `${compared} indicator values compared`);
const plant = table(join(run, 'tables/plant.csv'));
for (const row of shown.tables.summary[0]) {
  const found = /(?:Plant|工厂) (\S+?)(?:: feed treated|：处理量)$/.exec(row[0][1]);
  for (const [year, text, value] of row.slice(2)) {
    if (value == null) continue;
    check(close(text, Number(value)), `${row[0][1]} ${year}: ${text} is not ${value}`);
    if (!found) continue;
    const sum = plant.filter((line) => line.plant === found[1] && line.time.startsWith(year)).reduce((all, line) => all + Number(line.throughput), 0);
    check(Math.abs(sum - Number(value)) <= 1e-9 * Math.max(sum, 1), `${row[0][1]} ${year}: the page says ${value}, the table ${sum}`);
    compared += 1;
  }
}
// Targets and money: each number stands in its table, beside the name that the page gives it.
const numbers = (name) => new Set(table(join(run, `tables/${name}.csv`)).flatMap((row) => [row.value, row.required]).filter((v) => v !== undefined).map(Number));
for (const [section, name, least] of [['targets', 'targets', 20], ['economics', 'money', 20]]) {
  const known = numbers(name);
  let found = 0;
  for (const row of (shown.tables[section] ?? []).flat()) {
    for (const [head, text, value] of row.filter((cell) => cell[2] != null)) {
      found += 1;
      // summary.json is written from the same numbers; its reader may differ in the last digit.
      const same = [...known].some((other) => Math.abs(other - Number(value)) <= 1e-14 * Math.abs(other));
      check(same, `${section}: ${row[0][1]}, ${head}: ${value} is not in tables/${name}.csv`);
      check(close(text, Number(value)), `${section}: ${row[0][1]}: ${text} is not ${value}`);
    }
  }
  check(found >= least, `${section}: ${found} numbers`);
  compared += found;
}
await browser.close();
console.log(`${compared} numbers compared on ${pages.length} pages`);
console.log(`report: ${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
