using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>Makes filters of log events. A filter sees only events of a level that is logged.</summary>
public class EventFilterFactory
{
    readonly TestKitBase _testkit;
    readonly ActorSystem _system;
    readonly IReadOnlyList<LogFilter> _filters;

    public EventFilterFactory(TestKitBase testkit)
        : this(testkit, testkit.Sys)
    {
    }

    public EventFilterFactory(TestKitBase testkit, ActorSystem system)
        : this(testkit, system, [])
    {
    }

    internal EventFilterFactory(TestKitBase testkit, ActorSystem system, IReadOnlyList<LogFilter> filters)
    {
        _testkit = testkit;
        _system = system;
        _filters = filters;
    }

    public IEventFilterApplier Exception<TException>(Regex pattern, string source = null)
        where TException : Exception => Exception(typeof(TException), pattern, source);

    public IEventFilterApplier Exception<TException>(string message = null, string start = null, string contains = null, string source = null)
        where TException : Exception => Exception(typeof(TException), message, start, contains, source);

    public IEventFilterApplier Exception(Type exceptionType, Regex pattern, string source = null, bool checkInnerExceptions = false) =>
        Errors(exceptionType, TextMatcher.Of(pattern), source, checkInnerExceptions);

    public IEventFilterApplier Exception(Type exceptionType, string message = null, string start = null, string contains = null, string source = null,
        bool checkInnerExceptions = false) => Errors(exceptionType, TextMatcher.Of(message, start, contains), source, checkInnerExceptions);

    public IEventFilterApplier Error(Regex pattern, string source = null) => Errors(null, TextMatcher.Of(pattern), source, false);

    public IEventFilterApplier Error(string message = null, string start = null, string contains = null, string source = null) =>
        Errors(null, TextMatcher.Of(message, start, contains), source, false);

    public IEventFilterApplier Warning(Regex pattern, string source = null) => Events<Warning>(TextMatcher.Of(pattern), source);

    public IEventFilterApplier Warning(string message = null, string start = null, string contains = null, string source = null) =>
        Events<Warning>(TextMatcher.Of(message, start, contains), source);

    public IEventFilterApplier Info(Regex pattern, string source = null) => Events<Info>(TextMatcher.Of(pattern), source);

    public IEventFilterApplier Info(string message = null, string start = null, string contains = null, string source = null) =>
        Events<Info>(TextMatcher.Of(message, start, contains), source);

    public IEventFilterApplier Debug(Regex pattern, string source = null) => Events<Debug>(TextMatcher.Of(pattern), source);

    public IEventFilterApplier Debug(string message = null, string start = null, string contains = null, string source = null) =>
        Events<Debug>(TextMatcher.Of(message, start, contains), source);

    public IEventFilterApplier ForLogLevel(LogLevel logLevel, Regex pattern, string source = null) => logLevel switch
    {
        LogLevel.DebugLevel => Debug(pattern, source),
        LogLevel.InfoLevel => Info(pattern, source),
        LogLevel.WarningLevel => Warning(pattern, source),
        LogLevel.ErrorLevel => Error(pattern, source),
        _ => throw new ArgumentOutOfRangeException(nameof(logLevel)),
    };

    public IEventFilterApplier ForLogLevel(LogLevel logLevel, string message = null, string start = null, string contains = null,
        string source = null) => logLevel switch
        {
            LogLevel.DebugLevel => Debug(message, start, contains, source),
            LogLevel.InfoLevel => Info(message, start, contains, source),
            LogLevel.WarningLevel => Warning(message, start, contains, source),
            LogLevel.ErrorLevel => Error(message, start, contains, source),
            _ => throw new ArgumentOutOfRangeException(nameof(logLevel)),
        };

    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Applier("Custom", predicate);

    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate)
        where TLogEvent : LogEvent => Applier("Custom " + typeof(TLogEvent).Name, logEvent => logEvent is TLogEvent typed && predicate(typed));

    public IEventFilterApplier DeadLetter() => DeadLetters("", _ => true, null);

    public IEventFilterApplier DeadLetter<TMessage>(string source = null) => DeadLetter(typeof(TMessage), source);

    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string source = null) =>
        DeadLetters(typeof(TMessage).Name, message => message is TMessage typed && isMatch(typed), source);

    public IEventFilterApplier DeadLetter(Type type, string source = null) => DeadLetters(type.Name, type.IsInstanceOfType, source);

    public IEventFilterApplier DeadLetter(Type type, Func<object, bool> isMatch, string source = null) =>
        DeadLetters(type.Name, message => type.IsInstanceOfType(message) && isMatch(message), source);

    IEventFilterApplier Events<T>(TextMatcher text, string source)
        where T : LogEvent => Applier($"{typeof(T).Name}{text}{From(source)}",
            logEvent => logEvent is T && IsFrom(logEvent, source) && text.Matches(logEvent.Message?.ToString() ?? "null"));

    // The text of an error is that of the event or that of its exception.
    IEventFilterApplier Errors(Type exceptionType, TextMatcher text, string source, bool checkInnerExceptions)
    {
        if (exceptionType != null && !typeof(Exception).IsAssignableFrom(exceptionType))
            throw new ArgumentException($"The type must be an exception. It was: {exceptionType}", nameof(exceptionType));
        return Applier($"Error{(exceptionType == null ? "" : $" with Cause <{exceptionType}>")}{text}{From(source)}",
            logEvent => logEvent is Error && IsFrom(logEvent, source) && IsError(logEvent, logEvent.Cause));

        bool IsError(LogEvent logEvent, Exception cause)
        {
            if (cause == null)
                return exceptionType == null && text.Matches(logEvent.Message?.ToString() ?? "null");
            var isType = exceptionType == null || exceptionType.IsInstanceOfType(cause);
            return (isType && (text.Matches(logEvent.Message?.ToString() ?? "null") || text.Matches(cause.Message)))
                || (checkInnerExceptions && cause.InnerException != null && IsError(logEvent, cause.InnerException));
        }
    }

    IEventFilterApplier DeadLetters(string type, Predicate<object> isMatch, string source) => Applier($"DeadLetter {type}{From(source)}",
        logEvent => logEvent is Warning { Message: DeadLetter letter } && IsFrom(logEvent, source) && isMatch(letter.Message));

    IEventFilterApplier Applier(string description, Predicate<LogEvent> takes) =>
        new EventFilterApplier(_testkit, _system, [.. _filters, new LogFilter(description, takes)]);

    // A source may be given as a path without its address.
    static bool IsFrom(LogEvent logEvent, string source) => source == null || logEvent.LogSource == source
        || (ActorPath.TryParse(logEvent.LogSource, out var path) && (path.ToStringWithoutAddress() == source || path.ToString() == source));

    static string From(string source) => source == null ? "" : $" from source {source}";
}
