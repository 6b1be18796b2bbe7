namespace GokaAkka.Processing;

/// <summary>Takes down how long batches take, with the clock that the core has not. Called on the partition's thread.</summary>
interface IBatchTimings
{
    /// <summary>A batch of an input begins.</summary>
    /// <returns>The moment, to be given back; 0 while nobody wants to know, and then nothing more is told of the batch.</returns>
    long Begin();

    /// <summary>The callbacks of the batch that began at that moment have ended.</summary>
    /// <returns>The moment at which they have.</returns>
    long Processed(string topic, long began);

    /// <summary>All is acknowledged of the batch whose callbacks had ended at that moment.</summary>
    void Acknowledged(string topic, long processed);
}
