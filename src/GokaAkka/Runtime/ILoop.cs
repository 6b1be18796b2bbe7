namespace GokaAkka.Runtime;

/// <summary>What a thread does over and over. All but <see cref="IsStopping"/> is called by that thread.</summary>
interface ILoop
{
    /// <summary>The thread's name.</summary>
    string Name { get; }

    /// <summary>Whether it is to end.</summary>
    bool IsStopping { get; }

    /// <summary>What it does first.</summary>
    void Begin();

    /// <summary>What it does over and over.</summary>
    void Step();

    /// <summary>What it does last.</summary>
    /// <param name="error">What has ended it, or null when it was told to stop.</param>
    void End(Exception? error);
}
