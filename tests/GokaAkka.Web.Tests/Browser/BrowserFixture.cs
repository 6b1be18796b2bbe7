namespace GokaAkka.Web.Tests.Browser;

/// <summary>One browser and one server for all browser tests: the shop on the embedded broker, with users who click.</summary>
public sealed class BrowserFixture : IAsyncLifetime
{
    // For a machine that only has what the browser needs, and no network: nothing that it does by itself.
    static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage",
    ];

    readonly CancellationTokenSource _stop = new();
    EmbeddedBroker? _broker;
    IPlaywright? _playwright;
    IBrowser? _browser;
    Task _clicking = Task.CompletedTask;

    internal ShopNode Node { get; private set; } = null!;

    internal TaskCompletionSource<string> Rebuilt { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task InitializeAsync()
    {
        if (BrowserFactAttribute.Executable is null)
            return;
        _broker = EmbeddedBroker.Start(new EmbeddedBrokerOptions());
        foreach (var topic in Shop.Topics)
            _broker.CreateTopic(topic, 4);
        Node = await ShopNode.Start(null, $$"""
            goka.kafka {
              bootstrap-servers = "{{_broker.BootstrapServers}}"
              embedded-control = "{{_broker.ControlAddress}}"
              consumer { session.timeout.ms = 2000, heartbeat.interval.ms = 100, fetch.wait.max.ms = 20 }
              table-consumer.fetch.wait.max.ms = 20
            }
            """);
        Node.Goka.Actions.Add("rebuild-index", "Builds the search index anew from the table.", async (value, stop) =>
        {
            Rebuilt.TrySetResult(value);
            await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        });
        Node.Goka.Actions.Add("send-report", "Sends the weekly report.", static (_, _) => throw new InvalidOperationException("the mail server does not answer"));
        var starting = Node.Run();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = BrowserFactAttribute.Executable, Args = Arguments, Timeout = 120_000 });
        await starting;
        await Node.Order("alice", """{"name":"Alice","tags":["new","paying"],"address":{"city":"Zürich"}}"""u8.ToArray());
        await Node.Order("<img src=x onerror=alert(1)>", "<script>alert(document.cookie)</script>"u8.ToArray());
        await Node.Order(new Records.Key(new byte[] { 0xff, 0x00, 0x7f }), [0, 1, 2, 253, 254, 255]);
        await Node.Order("big", [.. "["u8, .. Enumerable.Repeat((byte)'7', 990_000), .. "]"u8]);
        await Node.Order("rtl", "abc\u202egnp.exe"u8.ToArray());
        _clicking = Task.Run(Click);
    }

    public async Task DisposeAsync()
    {
        if (_broker is null)
            return;
        await _stop.CancelAsync();
        await _clicking;
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
        await Node.DisposeAsync();
        _broker.Dispose();
    }

    /// <summary>A page of a browser that knows nothing of other tests'.</summary>
    internal async Task<OpenPage> Open(string path, bool dark = false, int width = 1280, int height = 900)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = dark ? ColorScheme.Dark : ColorScheme.Light, ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        var page = new OpenPage(context, await context.NewPageAsync());
        await page.Page.GotoAsync(path.Contains(':') ? path : Node.Monitor + path);
        return page;
    }

    async Task Click()
    {
        await using var clicks = Node.Goka.Emitter(Shop.Clicks, Codec.String);
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            // A broker that ends takes what is on its way with it.
            await ((Task)clicks.Emit($"user-{i % 50}", "/home")).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await pace.WaitForNextTickAsync();
        }
    }
}

/// <summary>All browser tests share one browser, and run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrowserTests : ICollectionFixture<BrowserFixture>
{
    public const string Name = "browser";
}

/// <summary>An open page, what it has asked for and what it has complained of.</summary>
sealed class OpenPage : IAsyncDisposable
{
    static readonly string Folder = Path.Combine(Repository.Root, "TestResults", "GokaAkka.Web.Tests", "screenshots");

    readonly IBrowserContext _context;

    public OpenPage(IBrowserContext context, IPage page)
    {
        _context = context;
        Page = page;
        page.Request += (_, request) => Requests.Enqueue(request.Url);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                Complaints.Enqueue($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => Complaints.Enqueue(error);
        page.Dialog += (_, dialog) => Complaints.Enqueue($"a dialog: {dialog.Message}");
    }

    public IPage Page { get; }

    public ConcurrentQueue<string> Requests { get; } = [];

    public ConcurrentQueue<string> Complaints { get; } = [];

    /// <summary>Writes a picture of all of it to the folder that is ignored.</summary>
    public Task Screenshot(string name) => Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder, $"{name}.png"), FullPage = true });

    public ValueTask DisposeAsync() => new(_context.CloseAsync());
}
