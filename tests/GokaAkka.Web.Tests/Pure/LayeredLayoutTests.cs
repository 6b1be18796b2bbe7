using GokaAkka.Web.Topology;

namespace GokaAkka.Web.Tests.Pure;

public sealed class LayeredLayoutTests
{
    [Fact]
    public void Chain_must_lead_from_left_to_right_on_one_line()
    {
        var drawing = LayeredLayout.Place([Box("a"), Box("b"), Box("c")], [new("1", "a", "b"), new("2", "b", "c")]);

        drawing.Boxes["a"].X.ShouldBeLessThan(drawing.Boxes["b"].X);
        drawing.Boxes["b"].X.ShouldBeLessThan(drawing.Boxes["c"].X);
        drawing.Boxes.Values.Select(static b => b.Y).Distinct().ShouldHaveSingleItem();
    }

    [Fact]
    public void Link_that_closes_a_cycle_must_lead_back_beside_the_other()
    {
        var drawing = LayeredLayout.Place([Box("in"), Box("group"), Box("loop")], [new("1", "in", "group"), new("2", "group", "loop"), new("3", "loop", "group")]);

        var (there, back) = (drawing.Links["2"], drawing.Links["3"]);
        (there[0].X < there[^1].X, back[0].X > back[^1].X).ShouldBe((true, true));
        there[0].Y.ShouldNotBe(back[^1].Y);
    }

    [Fact]
    public void Order_must_avoid_crossings_where_there_is_one_without()
    {
        // Given in an order in which they all cross.
        var drawing = LayeredLayout.Place(
            [Box("a"), Box("b"), Box("c"), Box("z"), Box("y"), Box("x")], [new("1", "a", "x"), new("2", "b", "y"), new("3", "c", "z")]);

        var left = new[] { "a", "b", "c" }.OrderBy(b => drawing.Boxes[b].Y);
        var right = new[] { "x", "y", "z" }.OrderBy(b => drawing.Boxes[b].Y).Select(static b => b switch { "x" => "a", "y" => "b", _ => "c" });
        right.ShouldBe(left);
    }

    [Fact]
    public void Boxes_must_not_overlap_and_the_same_graph_be_drawn_alike_whatever_it_is()
    {
        const int seed = 20260722;
        var random = new Random(seed);
        for (var round = 0; round < 30; round++)
        {
            var boxes = Enumerable.Range(0, random.Next(1, 40)).Select(i => new Box($"b{i}", random.Next(100, 240), 46)).ToList();
            var links = Enumerable.Range(0, random.Next(0, 80)).Select(i => new Link($"l{i}", $"b{random.Next(boxes.Count)}", $"b{random.Next(boxes.Count)}")).ToList();

            var drawing = LayeredLayout.Place(boxes, links);

            var told = $"seed {seed}, round {round}";
            foreach (var (one, i) in boxes.Select(static (b, i) => (b, i)))
            {
                var at = drawing.Boxes[one.Id];
                (at.X >= 0 && at.Y >= 0 && at.X + one.Width <= drawing.Width && at.Y + one.Height <= drawing.Height).ShouldBeTrue(told);
                foreach (var other in boxes.Skip(i + 1))
                {
                    var spot = drawing.Boxes[other.Id];
                    var apart = at.X + one.Width <= spot.X || spot.X + other.Width <= at.X || at.Y + one.Height <= spot.Y || spot.Y + other.Height <= at.Y;
                    apart.ShouldBeTrue($"{one.Id} and {other.Id} overlap; {told}");
                }
            }

            drawing.Links.Count.ShouldBe(links.Count(static l => l.From != l.To), told);
            var again = LayeredLayout.Place(boxes, links);
            again.Boxes.ShouldBe(drawing.Boxes, told);
        }
    }

    static Box Box(string id) => new(id, 100, 46);
}
