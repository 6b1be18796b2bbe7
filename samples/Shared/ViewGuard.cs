namespace GokaAkka.Samples;

/// <summary>Bounds the wait for a view.</summary>
static class ViewGuard
{
    /// <summary>Waits until a view has the whole table.</summary>
    /// <param name="view">The view.</param>
    /// <param name="patience">How long it may read nothing.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <exception cref="SampleException">It has stood still for too long; the message names the partitions that are missing, and why.</exception>
    public static async Task UntilReady<T>(this View<T> view, TimeSpan patience, CancellationToken stop)
    {
        var guard = new StallGuard(patience);
        while (true)
        {
            try
            {
                await view.Ready.WaitAsync(patience / 4, stop);
                return;
            }
            catch (TimeoutException) when (!guard.HasStalled(view.Partitions.Sum(p => p.Restored)))
            {
                // It reads on.
            }
            catch (TimeoutException)
            {
                var missing = view.Partitions.Where(p => p.State != PartitionState.Running);
                throw new SampleException(
                    $"The view of {view.Table.Name} has read nothing for {patience.TotalSeconds:0.#} s and is {view.State}: "
                    + string.Join(", ", missing.Select(p => $"partition {p.Partition} has {p.Remaining} records to read{Because(p)}")) + ".");
            }
        }
    }

    static string Because(PartitionStatus partition) => partition.LastError is { } error ? $" ({error.Message})" : "";
}
