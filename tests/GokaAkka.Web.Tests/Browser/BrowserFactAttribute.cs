namespace GokaAkka.Web.Tests.Browser;

/// <summary>A test that needs Chromium; it is left out, with the reason, where there is none.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    static readonly string[] Places =
    [
        "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        @"C:\Program Files\Google\Chrome\Application\chrome.exe",
    ];

    public BrowserFactAttribute()
    {
        if (Executable is null)
            Skip = "There is no Chromium here: install it (on Debian 'apt-get install chromium'), or name its program in GOKA_CHROMIUM.";
    }

    /// <summary>The browser's program.</summary>
    public static string? Executable { get; } =
        Environment.GetEnvironmentVariable("GOKA_CHROMIUM") is { Length: > 0 } named ? named : Places.FirstOrDefault(File.Exists);
}
