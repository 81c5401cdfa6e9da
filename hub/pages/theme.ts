// Runs before the page is painted: what the reader chose wins over the system.
const chosen = localStorage.getItem('trailbook-theme');
if (chosen === 'light' || chosen === 'dark') {
  document.documentElement.dataset.theme = chosen;
}
