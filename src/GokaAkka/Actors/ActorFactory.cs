using Akka.Actor;

namespace GokaAkka.Actors;

/// <summary>Makes actors by calling a function: <see cref="Props.Create{TActor}(System.Linq.Expressions.Expression{Func{TActor}}, SupervisorStrategy)"/> compiles its argument at each call.</summary>
sealed class ActorFactory(Type type, Func<ActorBase> make) : IIndirectActorProducer
{
    public Type ActorType => type;

    public static Props Props<TActor>(Func<TActor> make) where TActor : ActorBase => Akka.Actor.Props.CreateBy(new ActorFactory(typeof(TActor), make));

    public ActorBase Produce() => make();

    public void Release(ActorBase actor)
    {
    }
}
