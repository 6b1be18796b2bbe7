using GokaAkka.Kafka.Confluent;

namespace GokaAkka.Tests.Kafka;

public sealed class GroupGenerationTests
{
    [Fact]
    public void A_proof_of_no_membership_is_told_from_one_of_a_generation_and_from_what_is_not_known()
    {
        GroupGeneration.IsNone(Proof("CGMDv2:", -1)).ShouldBeTrue();
        GroupGeneration.IsNone(Proof("CGMDv2:", 0)).ShouldBeFalse();
        GroupGeneration.IsNone(Proof("CGMDv2:", 7)).ShouldBeFalse();
        GroupGeneration.IsNone(Proof("CGMDv9:", -1)).ShouldBeFalse();
        GroupGeneration.IsNone("CGMDv2:"u8).ShouldBeFalse();
    }

    static byte[] Proof(string head, int generation) => [.. System.Text.Encoding.ASCII.GetBytes(head), .. BitConverter.GetBytes(generation), .. "group"u8];
}
