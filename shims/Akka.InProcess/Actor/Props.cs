using System.Linq.Expressions;

namespace Akka.Actor;

/// <summary>How to make an actor. Immutable.</summary>
public class Props : IEquatable<Props>
{
    public static readonly Props None = null;

    static readonly object[] s_noArguments = [];

    readonly IIndirectActorProducer _producer;

    Props(Type type, object[] arguments, IIndirectActorProducer producer, SupervisorStrategy supervisorStrategy)
    {
        Type = type;
        Arguments = arguments ?? s_noArguments;
        SupervisorStrategy = supervisorStrategy;
        _producer = producer;
    }

    Props(Props original)
        : this(original.Type, original.Arguments, original._producer, original.SupervisorStrategy)
    {
        Dispatcher = original.Dispatcher;
        Mailbox = original.Mailbox;
    }

    public static Props Empty { get; } = Create<EmptyActor>();

    public Type Type { get; }

    public string TypeName => Type.AssemblyQualifiedName;

    public object[] Arguments { get; }

    /// <summary>The dispatcher's id; null for the default one.</summary>
    public string Dispatcher { get; private init; }

    public string Mailbox { get; private init; }

    public SupervisorStrategy SupervisorStrategy { get; private init; }

    /// <param name="factory">a <c>new</c> expression; its arguments are evaluated here, once, and given to every incarnation</param>
    /// <param name="supervisorStrategy">goes before the actor's own; null for that one</param>
    public static Props Create<TActor>(Expression<Func<TActor>> factory, SupervisorStrategy supervisorStrategy = null)
        where TActor : ActorBase
    {
        if (factory.Body is UnaryExpression)
            return new Props(typeof(TActor), null, new DelegateProducer(typeof(TActor), factory.Compile()), supervisorStrategy);
        if (factory.Body is not NewExpression created)
            throw new ArgumentException("The create function must be a 'new T (args)' expression");
        var arguments = created.Arguments.Select(Evaluate).ToArray();
        return new Props(typeof(TActor), arguments, null, supervisorStrategy);
    }

    public static Props Create<TActor>(params object[] args)
        where TActor : ActorBase => new(typeof(TActor), args, null, null);

    public static Props Create<TActor>(SupervisorStrategy supervisorStrategy)
        where TActor : ActorBase, new() => new(typeof(TActor), null, null, supervisorStrategy);

    public static Props Create(Type type, params object[] args)
    {
        ArgumentNullException.ThrowIfNull(type);
        return new Props(type, args, null, null);
    }

    public static Props CreateBy<TProducer>(params object[] args)
        where TProducer : class, IIndirectActorProducer => CreateBy((IIndirectActorProducer)Activator.CreateInstance(typeof(TProducer), args));

    public static Props CreateBy(IIndirectActorProducer producer, params object[] args) => new(producer.ActorType, args, producer, null);

    public Props WithDispatcher(string dispatcher) => new(this) { Dispatcher = dispatcher };

    public Props WithMailbox(string mailbox) => new(this) { Mailbox = mailbox };

    public Props WithSupervisorStrategy(SupervisorStrategy supervisorStrategy) => new(this) { SupervisorStrategy = supervisorStrategy };

    public virtual ActorBase NewActor()
    {
        try
        {
            return _producer != null ? _producer.Produce() : (ActorBase)Activator.CreateInstance(Type, Arguments);
        }
        catch (Exception e)
        {
            throw new TypeLoadException(
                $"Error while creating actor instance of type {Type} with {Arguments.Length} args: ({string.Join(",", Arguments)})", e);
        }
    }

    public bool Equals(Props other) =>
        other is not null && Dispatcher == other.Dispatcher && Mailbox == other.Mailbox && Type == other.Type
        && ReferenceEquals(_producer, other._producer) && Arguments.SequenceEqual(other.Arguments);

    public override bool Equals(object obj) => Equals(obj as Props);

    public override int GetHashCode() => HashCode.Combine(Type, Dispatcher, Mailbox, Arguments.Length);

    internal void Release(ActorBase actor) => _producer?.Release(actor);

    static object Evaluate(Expression argument) => argument is ConstantExpression constant
        ? constant.Value
        : Expression.Lambda<Func<object>>(Expression.Convert(argument, typeof(object))).Compile(preferInterpretation: true)();

    sealed class EmptyActor : UntypedActor
    {
        protected override void OnReceive(object message)
        {
        }
    }

    sealed class DelegateProducer(Type type, Func<ActorBase> create) : IIndirectActorProducer
    {
        public Type ActorType => type;

        public ActorBase Produce() => create();

        public void Release(ActorBase actor)
        {
        }
    }
}

/// <summary>Makes actors in a way of its own, such as from a container.</summary>
public interface IIndirectActorProducer
{
    Type ActorType { get; }

    ActorBase Produce();

    void Release(ActorBase actor);
}
