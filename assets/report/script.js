
// Sorting and filtering of tables, and values where a chart is pointed at. The page is complete without it.
(() => {
  'use strict';
  document.documentElement.classList.add('live');
  const value = (row, at) => {
    const cell = row.cells[at];
    const number = Number(cell.dataset.v);
    return cell.dataset.v !== undefined && !Number.isNaN(number) ? number : cell.textContent;
  };
  const order = (a, b) => typeof a === 'number' && typeof b === 'number' ? a - b
    : typeof a === 'number' ? -1 : typeof b === 'number' ? 1 : a.localeCompare(b, undefined, { numeric: true });
  for (const table of document.querySelectorAll('table.sortable')) {
    const body = table.tBodies[0];
    for (const head of table.tHead.rows[0].cells) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = head.textContent;
      head.textContent = '';
      head.append(button);
      button.addEventListener('click', () => {
        const down = head.getAttribute('aria-sort') === 'ascending';
        for (const other of table.tHead.rows[0].cells) other.removeAttribute('aria-sort');
        head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
        const rows = [...body.rows].sort((a, b) => order(value(a, head.cellIndex), value(b, head.cellIndex)) * (down ? -1 : 1));
        body.append(...rows);
      });
    }
  }
  for (const box of document.querySelectorAll('.table')) {
    const input = box.querySelector('input');
    if (!input) continue;
    const rows = [...box.querySelectorAll('tbody tr')].map((row) => [row, row.textContent.toLowerCase()]);
    input.addEventListener('input', () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const [row, text] of rows) {
        const fits = words.every((word) => text.includes(word));
        row.hidden = !fits;
        shown += fits;
      }
      box.querySelector('.count').textContent = `${shown} / ${rows.length}`;
    });
  }
  const tip = document.getElementById('tip');
  // The browser's own hint comes late and not on a phone: its text moves to where this script finds it.
  for (const title of document.querySelectorAll('svg title')) {
    title.parentNode.dataset.told = title.textContent;
    title.remove();
  }
  const show = (event) => {
    const target = event.target.closest && event.target.closest('[data-told]');
    tip.hidden = !target;
    if (!target) return;
    tip.textContent = target.dataset.told;
    const width = document.documentElement.clientWidth;
    const left = Math.min(event.pageX + 14, window.scrollX + width - tip.offsetWidth - 8);
    tip.style.left = `${Math.max(left, window.scrollX + 8)}px`;
    tip.style.top = `${event.pageY + 18}px`;
  };
  document.addEventListener('pointermove', show);
  document.addEventListener('pointerdown', show);
})();
