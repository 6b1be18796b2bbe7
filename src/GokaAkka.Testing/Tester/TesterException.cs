namespace GokaAkka.Testing;

/// <summary>
/// The tester was used in a way that cannot work, or what it runs has failed. The message says what happened and what to do; a failure of a
/// processor, view or callback is the inner exception.
/// </summary>
public sealed class TesterException : Exception
{
    internal TesterException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}
