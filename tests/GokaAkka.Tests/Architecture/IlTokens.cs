using System.Reflection.Emit;
using System.Reflection.Metadata;

namespace GokaAkka.Tests.Architecture;

/// <summary>Finds the metadata tokens in the code of a method.</summary>
static class IlTokens
{
    const int StringTable = 0x70;

    static readonly Dictionary<int, OperandType> Operands = typeof(OpCodes).GetFields()
        .Select(f => (OpCode)f.GetValue(null)!)
        .ToDictionary(o => (int)(ushort)o.Value, o => o.OperandType);

    public static IEnumerable<int> In(BlobReader code)
    {
        var tokens = new List<int>();
        while (code.RemainingBytes > 0)
        {
            int op = code.ReadByte();
            if (op == 0xfe)
                op = 0xfe00 | code.ReadByte();
            switch (Operands[op])
            {
                case OperandType.InlineNone:
                    break;
                case OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar:
                    code.ReadByte();
                    break;
                case OperandType.InlineVar:
                    code.ReadInt16();
                    break;
                case OperandType.InlineI8 or OperandType.InlineR:
                    code.ReadInt64();
                    break;
                case OperandType.InlineSwitch:
                    var cases = code.ReadInt32();
                    code.Offset += 4 * cases;
                    break;
                case OperandType.InlineField or OperandType.InlineMethod or OperandType.InlineTok or OperandType.InlineType or OperandType.InlineSig:
                    tokens.Add(code.ReadInt32());
                    break;
                default:
                    code.ReadInt32();
                    break;
            }
        }

        return tokens.Where(t => t >>> 24 != StringTable);
    }
}
