namespace GokaAkka.Samples;

/// <summary>Something a user can understand and mend: the message is all there is to say.</summary>
sealed class SampleException(string message, Exception? cause = null) : Exception(message, cause);
