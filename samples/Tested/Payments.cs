using GokaAkka.Processing;
using GokaAkka.Records;

namespace GokaAkka.Samples.Tested;

/// <summary>
/// The processor under test: keeps each account's balance, in cents, and refuses payments that an account cannot afford. What is paid comes
/// in at the other account through the loop. Nothing here knows of the tests.
/// </summary>
static class Payments
{
    public static readonly Stream<Payment> Ordered = new("payments", Codec.Json<Payment>(immutable: true));
    public static readonly Stream<Payment> Refused = new("payments-refused", Codec.Json<Payment>(immutable: true));

    /// <summary>The limits of accounts that may be overdrawn, kept by another group.</summary>
    public static readonly Table<long> Limits = new("limits", Codec.Int64);

    public static readonly GroupGraph<long> Graph = GroupGraph.Define<long>("balances", g => g
        .Input(Ordered, Pay)
        .Loop(Codec.Int64, (ctx, cents) => ctx.SetValue(ctx.Value + cents))
        .Join(Limits)
        .Output(Refused)
        .Visitor<decimal>("add-interest", (ctx, percent) => ctx.SetValue(ctx.Value + (long)(ctx.Value * percent / 100)))
        .Persist(Codec.Int64));

    static void Pay(IContext<long> ctx, Payment payment)
    {
        if (payment.Cents <= 0)
            ctx.Fail(new ArgumentException($"A payment of {payment.Cents} cents is none."));
        var balance = ctx.Value - payment.Cents;
        if (balance < -ctx.Join(Limits))
        {
            ctx.Emit(Refused, ctx.Key, payment, Headers.Of("short-by", $"{-ctx.Join(Limits) - balance}"));
            return;
        }

        ctx.SetValue(balance);
        ctx.Loopback(payment.To, payment.Cents);
    }
}

/// <summary>An order to pay, keyed by the account that pays.</summary>
sealed record Payment(string To, long Cents);
