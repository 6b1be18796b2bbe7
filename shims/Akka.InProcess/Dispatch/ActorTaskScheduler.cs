namespace Akka.Actor;

/// <summary>
/// Runs the parts of an actor's asynchronous handler one after the other in the actor's context, while the mailbox is suspended.
/// </summary>
sealed class ActorTaskScheduler(ActorCell cell) : TaskScheduler
{
    object _currentMessage;

    public override int MaximumConcurrencyLevel => 1;

    public static void RunTask(Func<Task> asyncAction)
    {
        var cell = ActorCell.Current ?? throw new InvalidOperationException("RunTask must be called from an actor context.");
        cell.TaskScheduler.Start(asyncAction);
    }

    public void Execute(Task task) => TryExecuteTask(task);

    protected override void QueueTask(Task task)
    {
        if (ReferenceEquals(ActorCell.Current, cell) && !task.CreationOptions.HasFlag(TaskCreationOptions.LongRunning))
            TryExecuteTask(task);
        else
            cell.Post(new RunContinuation(this, task, _currentMessage));
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => [];

    void Start(Func<Task> asyncAction)
    {
        cell.Mailbox.Suspend();
        _currentMessage = cell.CurrentMessage;
        Task.Factory.StartNew(asyncAction, CancellationToken.None, TaskCreationOptions.None, this)
            .Unwrap()
            .ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.None, this);
    }

    void Ended(Task task)
    {
        var message = _currentMessage;
        _currentMessage = null;
        if (task.IsCompletedSuccessfully)
        {
            cell.Mailbox.Resume();
            cell.CheckReceiveTimeout(message is not INotInfluenceReceiveTimeout);
        }
        else
        {
            // The mailbox is resumed there, once the failure has suspended it in its own right.
            cell.Post(new AsyncFailure(CauseOf(task), message));
        }
    }

    static Exception CauseOf(Task task)
    {
        if (task.IsCanceled)
            return new TaskCanceledException();
        return task.Exception.InnerExceptions.Count == 1 ? task.Exception.InnerException : task.Exception;
    }
}
