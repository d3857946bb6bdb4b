// Runs before the app, also in browsers that cannot run it: sets the theme so that nothing flashes, and says what is going on while the
// app is on its way or when it does not arrive. Plain old JavaScript on purpose; the app takes the words' place when it starts.
(function () {
  var SLOW_MS = 8000;
  var SAFE = 'What is stored in this browser is unharmed.';
  var root = document.documentElement;

  function chosenTheme() {
    try {
      var kept = window.localStorage.getItem('mantine-color-scheme-value');
      if (kept === 'light' || kept === 'dark') return kept;
    } catch (_) {
      // storage is refused: the system decides
    }
    return window.matchMedia && window.matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  root.setAttribute('data-mantine-color-scheme', chosenTheme());

  /** Words in the place of the app; null once it has started. */
  function words() {
    return document.getElementById('boot-words');
  }

  function say(text, withReload) {
    var place = words();
    if (!place) return;
    place.textContent = text;
    place.parentNode.className = 'boot boot-shown';
    if (!withReload || document.getElementById('boot-reload')) return;
    var button = document.createElement('button');
    button.id = 'boot-reload';
    button.type = 'button';
    button.textContent = 'Reload';
    button.onclick = function () {
      window.location.reload();
    };
    place.parentNode.appendChild(button);
  }

  /** What this browser lacks, in words; empty where it has all. */
  function lacks() {
    var missing = [];
    var hasColours = window.CSS && window.CSS.supports && window.CSS.supports('color', 'light-dark(#fff, #000)');
    if (!hasColours) missing.push('the colours of this page');
    if (!window.WebAssembly) missing.push('WebAssembly, in which the models run');
    if (!window.Worker) missing.push('background threads');
    if (!window.isSecureContext) missing.push('a safe connection (https, or localhost)');
    return missing;
  }

  function warn(missing) {
    var note = document.createElement('p');
    note.id = 'boot-missing';
    note.className = 'boot-missing';
    note.setAttribute('role', 'note');
    note.textContent =
      'This browser lacks ' + missing.join(', ') + '. Parts of the page may not work. ' + SAFE +
      ' Chrome 123, Firefox 121, Safari 17.5 and anything newer have what is needed.'; // prettier-ignore
    document.body.insertBefore(note, document.body.firstChild);
  }

  window.addEventListener(
    'error',
    function (event) {
      var source = event.target && event.target !== window ? event.target.src || event.target.href : '';
      if (source) say('A part of this page did not arrive. ' + SAFE + ' Check the network, then reload.', true);
      else if (event.message) say('The page could not start: ' + event.message + '. ' + SAFE + ' Update the browser, then reload.', true);
    },
    true,
  );
  document.addEventListener('DOMContentLoaded', function () {
    var missing = lacks();
    if (missing.length > 0) warn(missing);
    if (!('noModule' in document.createElement('script')))
      say('This browser is too old for this page. ' + SAFE + ' Please open it in Chrome 123, Firefox 121, Safari 17.5 or newer.', false);
  });
  window.setTimeout(function () {
    if (!document.getElementById('boot-reload'))
      say('Still loading: the line is slow. Nothing needs to be done; the next visit starts at once and works without a network. ' + SAFE, false);
  }, SLOW_MS);
})();
