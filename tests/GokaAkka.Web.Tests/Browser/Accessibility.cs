namespace GokaAkka.Web.Tests.Browser;

/// <summary>Looks through a page for what keeps people from using it who do not see it, or not well, or have no pointer.</summary>
static class Accessibility
{
    const string Script =
        """
        () => {
          const problems = [];
          const say = (element, text) => problems.push(`${element.tagName.toLowerCase()}${element.id ? '#' + element.id : ''} "${(element.textContent ?? '').trim().slice(0, 40)}": ${text}`);
          const isShown = element => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && element.getClientRects().length > 0;

          // Names and structure.
          if (!document.documentElement.lang) problems.push('the page has no language');
          if (document.querySelectorAll('h1').length !== 1) problems.push('there is not one h1');
          if (!document.querySelector('main')) problems.push('there is no main');
          let level = 0;
          for (const heading of [...document.querySelectorAll('h1, h2, h3')].filter(isShown)) {
            const own = Number(heading.tagName[1]);
            if (own > level + 1) say(heading, `a heading of level ${own} after one of ${level}`);
            level = own;
          }
          const ids = [...document.querySelectorAll('[id]')].map(element => element.id);
          for (const id of new Set(ids.filter((id, i) => ids.indexOf(id) !== i))) problems.push(`the id ${id} is there twice`);
          for (const element of document.querySelectorAll('[aria-labelledby], [aria-describedby]')) {
            for (const id of `${element.getAttribute('aria-labelledby') ?? ''} ${element.getAttribute('aria-describedby') ?? ''}`.split(' ').filter(Boolean)) {
              if (!document.getElementById(id)) say(element, `refers to ${id}, which is not there`);
            }
          }
          const nameOf = element => element.getAttribute('aria-label') || [...(element.labels ?? [])].map(label => label.textContent).join('')
            || (element.getAttribute('aria-labelledby') ?? '').split(' ').map(id => document.getElementById(id)?.textContent ?? '').join('') || element.querySelector('title')?.textContent
            || (['INPUT', 'SELECT', 'TEXTAREA'].includes(element.tagName) ? '' : element.textContent) || element.title;
          for (const element of [...document.querySelectorAll('a, button, input, select, textarea, [role=region], [role=img], section, nav, dialog, progress, table')].filter(isShown)) {
            if (element.type !== 'hidden' && !nameOf(element)?.trim()) say(element, 'has no name');
          }
          for (const image of document.querySelectorAll('img')) if (!image.hasAttribute('alt')) say(image, 'has no alt');
          for (const head of document.querySelectorAll('th')) if (!head.scope) say(head, 'has no scope');

          // Contrast, as WCAG 2 has it.
          const parse = colour => { const m = colour.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0]; return { rgb: m.slice(0, 3), alpha: m.length > 3 ? m[3] : 1 }; };
          const luminance = rgb => rgb.map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4).reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
          const behind = element => {
            for (let at = element; at; at = at.parentElement) {
              const { rgb, alpha } = parse(getComputedStyle(at).backgroundColor);
              if (alpha > 0) return rgb;
            }
            return matchMedia('(prefers-color-scheme: dark)').matches ? [18, 21, 27] : [255, 255, 255];
          };
          for (const element of document.querySelectorAll('body *')) {
            const hasText = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
            if (!hasText || !isShown(element) || element.closest(':disabled, svg, noscript')) continue;
            const style = getComputedStyle(element);
            const [ink, paper] = [luminance(parse(style.color).rgb), luminance(behind(element))];
            const contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
            const size = parseFloat(style.fontSize);
            const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
            if (contrast < needed) say(element, `contrast ${contrast.toFixed(2)}, expected ${needed}`);
          }

          // Wide enough for what it holds: nothing but a region that scrolls is cut off.
          if (document.documentElement.scrollWidth > innerWidth + 1) problems.push(`the page is ${document.documentElement.scrollWidth} wide on a screen of ${innerWidth}`);
          return problems;
        }
        """;

    const string Focused =
        """
        () => {
          const at = document.activeElement;
          if (!at || at === document.body) return null;
          const all = [...document.querySelectorAll('*')];
          const style = getComputedStyle(at);
          const isMarked = style.outlineStyle !== 'none' || at.closest('svg') !== null;
          const box = at.getBoundingClientRect();
          return [all.indexOf(at), isMarked && box.width > 0 ? 1 : 0];
        }
        """;

    /// <summary>What is wrong with the page.</summary>
    public static async Task<IReadOnlyList<string>> Check(IPage page) => await page.EvaluateAsync<string[]>(Script);

    /// <summary>Goes through the page by the Tab key; what has the focus must be seen to have it, and come in the order of the page.</summary>
    public static async Task CheckFocusOrder(IPage page, int steps)
    {
        await page.EvaluateAsync("() => document.activeElement?.blur()");
        var last = -1;
        for (var i = 0; i < steps; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            var at = await page.EvaluateAsync<int[]?>(Focused);
            if (at is null)
                break;
            at[1].ShouldBe(1, $"what has the focus after {i + 1} steps is not marked");
            at[0].ShouldBeGreaterThan(last, $"the focus goes back after {i + 1} steps");
            last = at[0];
        }

        last.ShouldBeGreaterThan(0);
    }
}
