//! Where a source can be changed, and to what: the operators of `cargo mutants`.

use proc_macro2::Span;
use quote::ToTokens;
use std::ops::Range;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, ReturnType, Type, UnOp};

/// One change of a file.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// Line of the change, from 1.
    pub line: usize,
    /// What is replaced, in bytes; the same place as others' means only one of them can be built in.
    pub range: Range<usize>,
    /// What stands there instead; `@` is the condition under which the mutant lives.
    pub text: String,
    /// For people.
    pub what: String,
}

/// All mutants of a source.
pub fn mutants(source: &str) -> Vec<Mutant> {
    let mut finder = Finder { source, found: Vec::new() };
    finder.visit_file(&syn::parse_file(source).expect("the source is Rust"));
    finder.found
}

struct Finder<'a> {
    source: &'a str,
    found: Vec<Mutant>,
}

impl Finder<'_> {
    fn text(&self, span: Span) -> &str {
        &self.source[span.byte_range()]
    }

    fn add(&mut self, span: Span, text: String, what: String) {
        self.found.push(Mutant { line: span.start().line, range: span.byte_range(), text, what });
    }

    /// A function that gives something back without doing anything.
    fn body(&mut self, name: &str, output: &ReturnType, block: &syn::Block) {
        let Some(first) = block.stmts.first() else { return };
        let start = block.brace_token.span.open().byte_range().end;
        for value in values(output) {
            let text = format!(" if @ {{ return {value}; }}");
            let line = first.span().start().line;
            let what = format!("{name} gives {value}");
            self.found.push(Mutant { line, range: start..start, text, what });
        }
    }
}

/// Values a function of a type may give back.
fn values(output: &ReturnType) -> Vec<String> {
    let ReturnType::Type(_, of) = output else { return vec!["()".to_owned()] };
    let text = of.to_token_stream().to_string().replace(' ', "");
    let name = match &**of {
        Type::Path(path) => path.path.segments.last().map(|last| last.ident.to_string()).unwrap_or_default(),
        _ => String::new(),
    };
    let all: &[&str] = match name.as_str() {
        "bool" => &["true", "false"],
        "f64" => &["0.0", "1.0", "-1.0"],
        "usize" | "u64" | "u32" | "u16" | "u8" => &["0", "1"],
        "isize" | "i64" | "i32" => &["0", "1", "-1"],
        "Option" => &["None"],
        "Vec" => &["Vec::new()"],
        "String" => &["String::new()"],
        "Result" if text.starts_with("Result<(),") => &["Ok(())"],
        _ => &[],
    };
    all.iter().map(|value| (*value).to_owned()).collect()
}

/// What an operator is mistaken for.
fn mistaken(operator: &BinOp) -> &'static [&'static str] {
    match operator {
        BinOp::Eq(_) => &["!="],
        BinOp::Ne(_) => &["=="],
        BinOp::And(_) => &["||"],
        BinOp::Or(_) => &["&&"],
        BinOp::Lt(_) => &["==", ">", "<="],
        BinOp::Gt(_) => &["==", "<", ">="],
        BinOp::Le(_) => &[">"],
        BinOp::Ge(_) => &["<"],
        BinOp::Add(_) => &["-", "*"],
        BinOp::Sub(_) => &["+", "/"],
        BinOp::Mul(_) => &["+", "/"],
        BinOp::Div(_) => &["%", "*"],
        BinOp::Rem(_) => &["/", "+"],
        BinOp::AddAssign(_) => &["-=", "*="],
        BinOp::SubAssign(_) => &["+=", "/="],
        BinOp::MulAssign(_) => &["+=", "/="],
        BinOp::DivAssign(_) => &["%=", "*="],
        _ => &[],
    }
}

/// True if a condition binds names.
fn binds(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(binary) => binds(&binary.left) || binds(&binary.right),
        _ => false,
    }
}

fn of_tests(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|one| {
        let text = one.to_token_stream().to_string().replace(' ', "");
        text == "#[cfg(test)]" || text == "#[test]"
    })
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !of_tests(&item.attrs) {
            visit::visit_item_mod(self, item);
        }
    }

    // What the compiler works out cannot be switched at run time.
    fn visit_item_const(&mut self, _: &'ast syn::ItemConst) {}

    fn visit_item_static(&mut self, _: &'ast syn::ItemStatic) {}

    fn visit_impl_item_const(&mut self, _: &'ast syn::ImplItemConst) {}

    fn visit_type_array(&mut self, _: &'ast syn::TypeArray) {}

    fn visit_pat(&mut self, _: &'ast syn::Pat) {}

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        if !of_tests(&item.attrs) && item.sig.constness.is_none() {
            self.body(&item.sig.ident.to_string(), &item.sig.output, &item.block);
            visit::visit_item_fn(self, item);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        if !of_tests(&item.attrs) && item.sig.constness.is_none() {
            self.body(&item.sig.ident.to_string(), &item.sig.output, &item.block);
            visit::visit_impl_item_fn(self, item);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        // What is only printed is no part of the model.
        let shown = item.trait_.as_ref().is_some_and(|(_, path, _)| {
            path.segments.last().is_some_and(|last| last.ident == "Debug" || last.ident == "Display")
        });
        if !shown && !of_tests(&item.attrs) {
            visit::visit_item_impl(self, item);
        }
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        if !binds(&binary.left) && !binds(&binary.right) {
            let (left, right) = (self.text(binary.left.span()), self.text(binary.right.span()));
            let operator = self.text(binary.op.span());
            let all: Vec<(String, String)> = mistaken(&binary.op)
                .iter()
                .map(|other| {
                    let text = format!("(if @ {{ {left} {other} {right} }} else {{ {left} {operator} {right} }})");
                    (text, format!("`{left} {operator} {right}`: `{operator}` is {other}"))
                })
                .collect();
            for (text, what) in all {
                self.add(binary.span(), text, what);
            }
        }
        visit::visit_expr_binary(self, binary);
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        let literal = matches!(*unary.expr, Expr::Lit(_));
        if matches!(unary.op, UnOp::Not(_)) || (matches!(unary.op, UnOp::Neg(_)) && !literal) {
            let (whole, inner) = (self.text(unary.span()), self.text(unary.expr.span()));
            let text = format!("(if @ {{ {inner} }} else {{ {whole} }})");
            let what = format!("`{whole}` is `{inner}`");
            self.add(unary.span(), text, what);
        }
        visit::visit_expr_unary(self, unary);
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        if let Some((_, guard)) = &arm.guard
            && !binds(guard)
        {
            let whole = self.text(guard.span()).to_owned();
            for value in ["true", "false"] {
                let text = format!("(if @ {{ {value} }} else {{ {whole} }})");
                self.add(guard.span(), text, format!("guard `{whole}` is {value}"));
            }
        }
        visit::visit_arm(self, arm);
    }
}
