namespace GokaAkka.Storage.Tests;

/// <summary>The owner of a store is killed in the middle of its work.</summary>
/// <typeparam name="TProvider">Makes stores below the directory it is given, small enough for what they do now and then to be done all the time.</typeparam>
public abstract class CrashConformance<TProvider>(ITestOutputHelper output) : FolderTests
    where TProvider : IStorageProvider
{
    static readonly int Kills = int.Parse(Environment.GetEnvironmentVariable("GOKA_KILLS") ?? "4");
    static readonly int Seed = int.TryParse(Environment.GetEnvironmentVariable("GOKA_SEED"), out var seed) ? seed : Environment.TickCount;

    /// <summary>Whether a crash may take batches with it that were applied.</summary>
    protected virtual bool LosesLastBatches => false;

    TProvider Provider => (TProvider)Activator.CreateInstance(typeof(TProvider), Folder)!;

    [StoreFact]
    public async Task Store_must_hold_a_prefix_of_its_changelog_and_its_position_whenever_its_owner_is_killed()
    {
        output.WriteLine($"GOKA_SEED={Seed}, {Kills} kills");
        var random = new Random(Seed);
        var changelog = new MadeChangelog();
        var (before, lost, whileOpening, whileClearing) = (0, 0, 0, 0);
        for (var kill = 1; kill <= Kills; kill++)
        {
            var isOpening = random.Next(6) == 0;
            var time = new KillTime(
                random.Next(), isOpening ? 0 : random.Next(1, 60), random.Next(8) == 0, (isOpening ? 500 : 40) * random.NextDouble() * TimeSpan.FromMilliseconds(1));
            using var child = ChildProcess.Start<TProvider>(Folder, time);
            await child.AfterKill();

            using var store = Provider.Open(ChildProcess.TheStore);
            var reached = (int)store.Position.NextOffset;
            var told = child.LastBatch < 0 ? before : child.LastBatch;
            var what = $"kill {kill}, {time}, told {told}, is clearing: {child.IsClearing}";
            // One more may have been applied than the child lived to tell.
            if (LosesLastBatches)
                reached.ShouldBeInRange(0, told + 1, what);
            else if (!(child.IsClearing && reached == 0))
                reached.ShouldBeInRange(told, told + 1, what);
            store.Position.ShouldBe(StoreExtensions.PositionAfter(reached), what);
            store.Dump().SequenceEqual(changelog.Prefix(reached)).ShouldBeTrue($"{what}: it does not hold what the changelog has up to {reached}");
            before = reached;
            lost += Math.Max(0, told - reached);
            whileOpening += child.LastBatch < 0 ? 1 : 0;
            whileClearing += child.IsClearing ? 1 : 0;
        }

        output.WriteLine($"{whileOpening} kills before the first batch, {whileClearing} in Clear; {lost} batches lost or cleared; the last reached {before}");
    }

    [StoreFact]
    public async Task Store_must_be_locked_while_another_process_holds_it_and_free_once_that_is_dead()
    {
        using var child = ChildProcess.Start<TProvider>(Folder);
        await child.AfterBatch();
        var error = Should.Throw<StorageLockedException>(() => Provider.Open(ChildProcess.TheStore));
        error.Message.ShouldContain($"process {child.Id} ");
        error.Message.ShouldContain(Folder);
        await child.Kill();
        using var store = Provider.Open(ChildProcess.TheStore);
        store.Position.NextOffset.ShouldBeInRange(LosesLastBatches ? 0 : child.LastBatch, child.LastBatch + 1);
    }
}
