namespace GokaAkka.Storage.Tests;

/// <summary>The owner of a store is killed in the middle of its work.</summary>
/// <typeparam name="TProvider">Makes stores below the directory it is given.</typeparam>
public abstract class CrashConformance<TProvider> : IDisposable
    where TProvider : IStorageProvider
{
    readonly TemporaryFolder _folder = new();

    TProvider Provider => (TProvider)Activator.CreateInstance(typeof(TProvider), _folder.Path)!;

    [StoreFact]
    public async Task Store_must_hold_every_batch_applied_before_a_kill_and_no_half_of_one()
    {
        for (var kill = 1; kill <= 4; kill++)
        {
            using var child = ChildProcess.Start<TProvider>(_folder.Path);
            var applied = await child.Kill(await child.AfterBatches(20 + (kill * 13)));

            using var store = Provider.Open(ChildProcess.TheStore);
            var reached = (int)store.Position.NextOffset;
            // One more may have been applied than the child lived to tell.
            reached.ShouldBeInRange(applied, applied + 1);
            store.Dump().ShouldBe(Rounds.Expected(reached));
        }
    }

    [StoreFact]
    public async Task Store_must_be_locked_while_another_process_holds_it_and_free_once_that_is_dead()
    {
        using var child = ChildProcess.Start<TProvider>(_folder.Path);
        var applied = await child.AfterBatches(1);
        var error = Should.Throw<StorageLockedException>(() => Provider.Open(ChildProcess.TheStore));
        error.Message.ShouldContain($"process {child.Id} ");
        error.Message.ShouldContain(_folder.Path);
        await child.Kill(applied);
        using var store = Provider.Open(ChildProcess.TheStore);
        store.Position.NextOffset.ShouldBeGreaterThanOrEqualTo(applied);
    }

    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }
}
